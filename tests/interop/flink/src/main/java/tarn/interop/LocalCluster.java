// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;

import java.util.Map;

/** A Flink cluster within this process, started when the first session needs it. */
final class LocalCluster {
    private static final Map<String, String> MEMORY =
            Map.of(
                    "taskmanager.memory.network.min", "64m",
                    "taskmanager.memory.network.max", "64m",
                    "taskmanager.memory.managed.size", "128m");
    private static MiniCluster cluster;

    private LocalCluster() {}

    /** The settings of a client of the cluster: one task at a time, no restarts, UTC. */
    static synchronized Configuration client() throws Exception {
        if (cluster == null) {
            cluster = start();
        }
        Configuration client = Configuration.fromMap(MEMORY);
        client.setString("execution.target", "remote");
        client.setString("execution.attached", "true");
        client.setString("rest.address", "localhost");
        client.setString(
                "rest.port", String.valueOf(cluster.getRestAddress().get().getPort()));
        // Procedures start clusters of their own for a while.
        client.setString("rest.bind-port", "0");
        client.setString("parallelism.default", "1");
        client.setString("table.exec.resource.default-parallelism", "1");
        client.setString("table.local-time-zone", "UTC");
        client.setString("table.dml-sync", "true");
        client.setString("restart-strategy.type", "none");
        return client;
    }

    private static MiniCluster start() throws Exception {
        Configuration server = Configuration.fromMap(MEMORY);
        server.setString("rest.address", "localhost");
        server.setString("rest.bind-address", "localhost");
        server.setString("rest.bind-port", "0");
        server.setString("jobmanager.bind-host", "localhost");
        server.setString("jobmanager.execution.failover-strategy", "full");
        server.setString("taskmanager.bind-host", "localhost");
        server.setString("web.submit.enable", "false");
        server.setString("classloader.check-leaked-classloader", "false");
        MiniCluster out =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(server)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(16)
                                .build());
        out.start();
        return out;
    }
}
