// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import org.apache.paimon.CoreOptions;
import org.apache.paimon.catalog.Catalog;
import org.apache.paimon.catalog.CatalogContext;
import org.apache.paimon.catalog.CatalogFactory;
import org.apache.paimon.catalog.Identifier;
import org.apache.paimon.options.Options;
import org.apache.paimon.schema.Schema;
import org.apache.paimon.schema.SchemaChange;
import org.apache.paimon.shade.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.paimon.shade.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.paimon.shade.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.Table;
import org.apache.paimon.types.DataType;
import org.apache.paimon.types.DataTypeJsonParser;
import org.apache.paimon.utils.JsonSerdeUtil;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Finding, making and changing tables of a file system catalog. */
final class Tables {
    private Tables() {}

    static Catalog catalog(Command command) {
        Options options = new Options();
        options.set("warehouse", new File(command.text("warehouse")).getAbsolutePath());
        return CatalogFactory.createCatalog(CatalogContext.create(options));
    }

    static Identifier identifier(Command command) {
        Identifier name = Identifier.fromString(command.text("table"));
        return command.has("branch")
                ? new Identifier(
                        name.getDatabaseName(), name.getTableName(), command.text("branch"))
                : name;
    }

    /** For reading: system tables too, and at a snapshot, tag or time if the request says so. */
    static Table forReading(Command command) throws Exception {
        Map<String, String> options = command.map("options");
        String[][] shorthands = {
            {"snapshot", "scan.snapshot-id"},
            {"tag", "scan.tag-name"},
            {"timestamp", "scan.timestamp-millis"},
            {"scan-mode", "scan.mode"},
        };
        for (String[] shorthand : shorthands) {
            if (command.has(shorthand[0])) {
                options.put(shorthand[1], command.text(shorthand[0]));
            }
        }
        try (Catalog catalog = catalog(command)) {
            Table table = catalog.getTable(identifier(command));
            return options.isEmpty() ? table : table.copy(options);
        }
    }

    static FileStoreTable forWriting(Command command) throws Exception {
        Map<String, String> options = command.map("options");
        if (command.flag("write-only", false)) {
            options.put("write-only", "true");
        }
        try (Catalog catalog = catalog(command)) {
            FileStoreTable table = (FileStoreTable) catalog.getTable(identifier(command));
            return options.isEmpty() ? table : table.copyWithoutTimeTravel(options);
        }
    }

    /** {@code schema}: fields with name and type, primaryKeys, partitionKeys, options, comment. */
    static String create(Command command) throws Exception {
        Command schema = new Command(command.json("schema"));
        Schema.Builder builder = Schema.newBuilder();
        for (JsonNode node : schema.json("fields")) {
            Command field = new Command(node);
            String column = field.text("name");
            DataType type = DataTypeJsonParser.parseDataType(node.get("type"));
            String description = field.text("description", null);
            String defaultValue = field.text("defaultValue", null);
            if (defaultValue == null) {
                // Releases before 1.3 know no other form.
                builder.column(column, type, description);
            } else {
                builder.column(column, type, description, defaultValue);
            }
        }
        builder.primaryKey(schema.list("primaryKeys"));
        builder.partitionKeys(schema.list("partitionKeys"));
        builder.options(schema.map("options"));
        builder.comment(schema.text("comment", null));
        Identifier name = identifier(command);
        try (Catalog catalog = catalog(command)) {
            catalog.createDatabase(name.getDatabaseName(), true);
            catalog.createTable(name, builder.build(), false);
        }
        return Answer.ok();
    }

    /** Keys of all table options that this release knows. */
    static String optionKeys() {
        ObjectNode out = Command.MAPPER.createObjectNode().put("ok", true);
        ArrayNode keys = out.putArray("keys");
        CoreOptions.getOptions().forEach(option -> keys.add(option.key()));
        return out.toString();
    }

    static String drop(Command command) throws Exception {
        try (Catalog catalog = catalog(command)) {
            catalog.dropTable(identifier(command), true);
        }
        return Answer.ok();
    }

    static String list(Command command) throws Exception {
        List<String> names = new ArrayList<>();
        try (Catalog catalog = catalog(command)) {
            for (String database : catalog.listDatabases()) {
                for (String table : catalog.listTables(database)) {
                    names.add(database + "." + table);
                }
            }
        }
        return Answer.ok("tables", CanonicalText.quoteAll(names));
    }

    /** {@code changes}: Paimon's own JSON of schema changes. */
    static String alter(Command command) throws Exception {
        List<SchemaChange> changes = new ArrayList<>();
        for (JsonNode change : command.json("changes")) {
            changes.add(JsonSerdeUtil.fromJson(change.toString(), SchemaChange.class));
        }
        try (Catalog catalog = catalog(command)) {
            catalog.alterTable(identifier(command), changes, false);
            FileStoreTable table = (FileStoreTable) catalog.getTable(identifier(command));
            return Answer.ok("schema", table.schema().id());
        }
    }
}
