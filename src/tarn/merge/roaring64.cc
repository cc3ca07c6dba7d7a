// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "tarn/merge/roaring.h"

namespace tarn::merge {
namespace {

using base::AppendLittle;
using base::ByteReader;
using internal::RoaringContainer;
using Kind = RoaringContainer::Kind;

/// The upper 48 bits of members, most significant byte first.
constexpr size_t kKeyBytes = 6;

Status BadTree(std::string_view why) {
  return Corruption(7652, "Bytes are no 64-bit roaring bitmap:", V("because", why));
}

/// A node of the tree: a leaf, or a branch of one of four sizes.
struct Node {
  enum class Type : uint8_t { kNode4, kNode16, kNode48, kNode256, kLeaf };
  static constexpr size_t kSizes[] = {4, 16, 48, 256};

  Type type = Type::kLeaf;
  std::string prefix;  ///< bytes that all keys below share
  /// By their byte of the key, ascending.
  struct Child {
    uint8_t byte;
    uint8_t slot;  ///< of a branch of 48: in the order of their coming
    std::unique_ptr<Node> node;
  };
  std::vector<Child> children;
  std::string key;        ///< of a leaf
  int64_t container = 0;  ///< of a leaf: where its container stands

  bool is_leaf() const { return type == Type::kLeaf; }
  size_t size() const { return kSizes[static_cast<size_t>(type)]; }
  Child* Find(uint8_t byte) {
    const auto at = std::lower_bound(
        children.begin(), children.end(), byte,
        [](const Child& child, uint8_t wanted) { return child.byte < wanted; });
    return at != children.end() && at->byte == byte ? &*at : nullptr;
  }
  void Insert(uint8_t byte, std::unique_ptr<Node> child);
};

using NodePtr = std::unique_ptr<Node>;

void Node::Insert(uint8_t byte, NodePtr child) {
  if (children.size() == size()) {
    type = static_cast<Type>(static_cast<uint8_t>(type) + 1);
    // A branch of 16 is sorted when it grows, and so its places are.
    if (type == Type::kNode48) {
      for (size_t i = 0; i < children.size(); ++i) {
        children[i].slot = static_cast<uint8_t>(i);
      }
    }
  }
  const auto slot = static_cast<uint8_t>(children.size());
  const auto at = std::lower_bound(
      children.begin(), children.end(), byte,
      [](const Child& other, uint8_t wanted) { return other.byte < wanted; });
  children.insert(at, {byte, slot, std::move(child)});
}

NodePtr Leaf(std::string_view key, int64_t container) {
  auto leaf = std::make_unique<Node>();
  leaf->key = key;
  leaf->container = container;
  return leaf;
}

NodePtr Branch(std::string_view prefix) {
  auto branch = std::make_unique<Node>();
  branch->type = Node::Type::kNode4;
  branch->prefix = prefix;
  return branch;
}

size_t Shared(std::string_view a, std::string_view b) {
  const auto [end, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<size_t>(end - a.begin());
}

/// Insert a key that is not there. `depth` is at most 5: keys differ before their end.
void InsertKey(NodePtr* at, std::string_view key, size_t depth, int64_t container) {
  Node& node = **at;
  const std::string_view rest = key.substr(depth);
  const std::string_view own =
      node.is_leaf() ? std::string_view(node.key).substr(depth) : node.prefix;
  const size_t shared = Shared(own, rest);
  if (node.is_leaf() || shared < own.size()) {
    NodePtr fork = Branch(rest.substr(0, shared));
    const auto byte = static_cast<uint8_t>(own[shared]);
    if (!node.is_leaf()) node.prefix.erase(0, shared + 1);
    fork->Insert(byte, std::move(*at));
    fork->Insert(static_cast<uint8_t>(rest[shared]), Leaf(key, container));
    *at = std::move(fork);
    return;
  }
  depth += shared;
  const auto byte = static_cast<uint8_t>(key[depth]);
  if (Node::Child* child = node.Find(byte)) {
    InsertKey(&child->node, key, depth + 1, container);
  } else {
    node.Insert(byte, Leaf(key, container));
  }
}

/// The bytes of a branch's children and their places, ascending.
Status ReadChildren(ByteReader* in, size_t count, Node* node) {
  auto add = [&](size_t byte, size_t slot) {
    node->children.push_back(
        {static_cast<uint8_t>(byte), static_cast<uint8_t>(slot), nullptr});
  };
  if (node->type <= Node::Type::kNode16) {
    // Words of 4 or 8 bytes, each written from its last byte to its first.
    const size_t word = node->type == Node::Type::kNode4 ? 4 : 8;
    ARROW_ASSIGN_OR_RAISE(const auto bytes, in->ReadBytes(node->size()));
    for (size_t i = 0; i < count; ++i) {
      add(static_cast<uint8_t>(bytes[i / word * word + (word - 1 - i % word)]), 0);
    }
  } else if (node->type == Node::Type::kNode48) {
    ARROW_ASSIGN_OR_RAISE(const auto bytes, in->ReadBytes(256));
    for (size_t byte = 0; byte < 256; ++byte) {
      const auto slot = static_cast<uint8_t>(bytes[byte / 8 * 8 + (7 - byte % 8)]);
      if (slot != 0xff) add(byte, slot);
    }
  } else {
    ARROW_ASSIGN_OR_RAISE(const auto bytes, in->ReadBytes(32));
    for (size_t byte = 0; byte < 256; ++byte) {
      if (((bytes[byte / 8] >> (byte % 8)) & 1) != 0) add(byte, 0);
    }
  }
  if (node->children.size() != count) return BadTree("children of a branch");
  for (size_t i = 1; i < count; ++i) {
    if (node->children[i].byte <= node->children[i - 1].byte) {
      return BadTree("order of a branch");
    }
  }
  return Status::OK();
}

/// \param path  bytes of the key that lead here; every branch adds one, so that the
///              recursion ends
Result<NodePtr> ReadNode(ByteReader* in, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto type, in->ReadLittle<uint8_t>());
  ARROW_ASSIGN_OR_RAISE(const auto count, in->ReadLittle<uint16_t>());
  ARROW_ASSIGN_OR_RAISE(const auto prefix_bytes, in->ReadLittle<uint8_t>());
  ARROW_ASSIGN_OR_RAISE(const auto prefix, in->ReadBytes(prefix_bytes));
  auto node = std::make_unique<Node>();
  if (type > static_cast<uint8_t>(Node::Type::kLeaf)) return BadTree("type of a node");
  node->type = static_cast<Node::Type>(type);
  node->prefix = prefix;
  if (node->is_leaf()) {
    ARROW_ASSIGN_OR_RAISE(const auto key, in->ReadBytes(kKeyBytes));
    ARROW_ASSIGN_OR_RAISE(node->container, in->ReadLittle<int64_t>());
    node->key = key;
    if (!key.starts_with(path)) return BadTree("key of a leaf");
    if (!prefix.empty() || count != 0) {
      return Unsupported(6655, "A 64-bit bitmap from which keys were removed");
    }
    return node;
  }
  const std::string below = path + node->prefix;
  if (below.size() >= kKeyBytes) return BadTree("depth");
  const size_t least = type == 0 ? 2 : Node::kSizes[type - 1] + 1;
  if (count > node->size()) return BadTree("size of a branch");
  if (count < least) {
    return Unsupported(6655, "A 64-bit bitmap from which keys were removed");
  }
  ARROW_RETURN_NOT_OK(ReadChildren(in, count, node.get()));
  for (Node::Child& child : node->children) {
    ARROW_ASSIGN_OR_RAISE(child.node,
                          ReadNode(in, below + static_cast<char>(child.byte)));
  }
  return node;
}

void WriteNode(const Node& node, std::string* out) {
  AppendLittle(out, static_cast<uint8_t>(node.type));
  AppendLittle(out, static_cast<uint16_t>(node.children.size()));
  AppendLittle(out, static_cast<uint8_t>(node.prefix.size()));
  out->append(node.prefix);
  if (node.is_leaf()) {
    out->append(node.key);
    AppendLittle(out, node.container);
    return;
  }
  std::string bytes;
  if (node.type <= Node::Type::kNode16) {
    const size_t word = node.type == Node::Type::kNode4 ? 4 : 8;
    bytes.assign(node.size(), '\0');
    for (size_t i = 0; i < node.children.size(); ++i) {
      bytes[i / word * word + (word - 1 - i % word)] =
          static_cast<char>(node.children[i].byte);
    }
  } else if (node.type == Node::Type::kNode48) {
    bytes.assign(256, '\xff');
    for (const Node::Child& child : node.children) {
      bytes[child.byte / 8 * 8 + (7 - child.byte % 8)] = static_cast<char>(child.slot);
    }
  } else {
    bytes.assign(32, '\0');
    for (const Node::Child& child : node.children) {
      bytes[child.byte / 8] |= static_cast<char>(1 << (child.byte % 8));
    }
  }
  out->append(bytes);
  for (const Node::Child& child : node.children) WriteNode(*child.node, out);
}

/// Leaves in the order of their keys.
void ListLeaves(const Node& node, std::vector<const Node*>* out) {
  if (node.is_leaf()) out->push_back(&node);
  for (const Node::Child& child : node.children) ListLeaves(*child.node, out);
}

/// Containers in the order of their coming, in an array that grows by half (Java writes
/// its empty places).
struct Containers {
  std::vector<std::optional<RoaringContainer>> places;
  int32_t last = 0;  ///< the place of the newest

  int64_t Add(RoaringContainer container) {
    if (places.empty()) {
      places.resize(1);
      last = 0;
    } else {
      ++last;
    }
    const auto needed = static_cast<size_t>(last) + 1;
    if (places.size() < needed) {
      places.resize(std::max(needed, places.size() + places.size() / 2));
    }
    places[last] = std::move(container);
    return last;
  }
};

struct Bitmap64 {
  NodePtr root;  ///< none = empty
  int64_t keys = 0;
  Containers containers;
};

Result<RoaringContainer> ReadContainer(ByteReader* in) {
  ARROW_ASSIGN_OR_RAISE(const auto kind, in->ReadLittle<uint8_t>());
  ARROW_ASSIGN_OR_RAISE(const auto cardinality, in->ReadLittle<int32_t>());
  switch (kind) {
    case static_cast<uint8_t>(Kind::kRuns):
      return RoaringContainer::ReadRuns(in);
    case static_cast<uint8_t>(Kind::kBitmap):
      return RoaringContainer::ReadBitmap(in, cardinality);
    case static_cast<uint8_t>(Kind::kArray):
      return RoaringContainer::ReadArray(in, cardinality);
    default:
      return BadTree("kind of a container");
  }
}

constexpr int8_t kNotTrimmed = -2;

Status ReadContainers(ByteReader* in, Bitmap64* out) {
  ARROW_ASSIGN_OR_RAISE(const auto arrays, in->ReadLittle<int32_t>());
  if (arrays != 1) return BadTree("arrays of containers");
  ARROW_RETURN_NOT_OK(in->Skip(1));
  ARROW_ASSIGN_OR_RAISE(const auto places, in->ReadLittle<int32_t>());
  if (places < 1 || static_cast<uint64_t>(places) > in->remaining()) {
    return BadTree("places of containers");
  }
  out->containers.places.resize(places);
  int64_t count = 0;
  for (auto& place : out->containers.places) {
    ARROW_ASSIGN_OR_RAISE(const auto mark, in->ReadLittle<uint8_t>());
    if (mark > 1) return BadTree("mark of a container");
    if (mark == 0) continue;
    ARROW_ASSIGN_OR_RAISE(place, ReadContainer(in));
    ++count;
  }
  ARROW_ASSIGN_OR_RAISE(const auto said, in->ReadLittle<int64_t>());
  ARROW_ASSIGN_OR_RAISE(const auto array, in->ReadLittle<int32_t>());
  ARROW_ASSIGN_OR_RAISE(out->containers.last, in->ReadLittle<int32_t>());
  if (said != count || count != out->keys || array != 0 || out->containers.last < 0 ||
      out->containers.last >= places) {
    return BadTree("count of containers");
  }
  return Status::OK();
}

Result<Bitmap64> Parse64(std::string_view bytes) {
  ByteReader in(bytes, "64-bit roaring bitmap");
  Bitmap64 out;
  ARROW_ASSIGN_OR_RAISE(const auto tag, in.ReadLittle<uint8_t>());
  if (tag == 0) return out;
  ARROW_ASSIGN_OR_RAISE(out.keys, in.ReadLittle<int64_t>());
  ARROW_ASSIGN_OR_RAISE(out.root, ReadNode(&in, ""));
  ARROW_RETURN_NOT_OK(ReadContainers(&in, &out));
  std::vector<const Node*> leaves;
  ListLeaves(*out.root, &leaves);
  std::vector<bool> used(out.containers.places.size(), false);
  for (const Node* leaf : leaves) {
    const auto place = static_cast<uint64_t>(leaf->container);
    if (place >= used.size() || used[place] || !out.containers.places[place]) {
      return BadTree("place of a container");
    }
    used[place] = true;
  }
  if (static_cast<int64_t>(leaves.size()) != out.keys) return BadTree("count of keys");
  return out;
}

std::string Write64(const Bitmap64& bitmap) {
  if (bitmap.root == nullptr) return std::string(1, '\0');
  std::string out(1, '\1');
  AppendLittle(&out, bitmap.keys);
  WriteNode(*bitmap.root, &out);
  AppendLittle(&out, int32_t{1});
  AppendLittle(&out, kNotTrimmed);
  AppendLittle(&out, static_cast<int32_t>(bitmap.containers.places.size()));
  for (const auto& place : bitmap.containers.places) {
    AppendLittle(&out, static_cast<uint8_t>(place.has_value()));
    if (!place) continue;
    AppendLittle(&out, static_cast<uint8_t>(place->kind()));
    AppendLittle(&out, place->cardinality());
    place->Write(&out);
  }
  AppendLittle(&out, bitmap.keys);
  AppendLittle(&out, int32_t{0});
  AppendLittle(&out, bitmap.containers.last);
  return out;
}

const Node* FindLeaf(Node* node, std::string_view key) {
  size_t depth = 0;
  while (node != nullptr && !node->is_leaf()) {
    if (!key.substr(depth).starts_with(node->prefix)) return nullptr;
    depth += node->prefix.size();
    Node::Child* child = node->Find(static_cast<uint8_t>(key[depth]));
    node = child == nullptr ? nullptr : child->node.get();
    ++depth;
  }
  return node != nullptr && node->key == key ? node : nullptr;
}

}  // namespace

Result<std::string> UnionBitmaps64(std::string_view a, std::string_view b) {
  ARROW_ASSIGN_OR_RAISE(Bitmap64 out, Parse64(a));
  ARROW_ASSIGN_OR_RAISE(Bitmap64 other, Parse64(b));
  std::vector<const Node*> leaves;
  if (other.root != nullptr) ListLeaves(*other.root, &leaves);
  for (const Node* leaf : leaves) {
    RoaringContainer& theirs = *other.containers.places[leaf->container];
    if (const Node* found = FindLeaf(out.root.get(), leaf->key)) {
      auto& mine = out.containers.places[found->container];
      mine = mine->Union(theirs);
      continue;
    }
    const int64_t place = out.containers.Add(std::move(theirs));
    if (out.root == nullptr) {
      out.root = Leaf(leaf->key, place);
    } else {
      InsertKey(&out.root, leaf->key, 0, place);
    }
    ++out.keys;
  }
  for (auto& place : out.containers.places) {
    // Java keeps what does not become runs, and so what are runs already.
    if (place && place->kind() != Kind::kRuns) place->Optimize();
  }
  return Write64(out);
}

}  // namespace tarn::merge
