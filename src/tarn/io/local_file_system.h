// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: io, files and where they lie.
///
/// The file systems behind `base::FileSystem` (`local_file_system.h`; object stores come
/// later) and the rules by which a table names its files (`table_paths.h`).
///
/// Words: *exclusive create* is the one atomic step that publishes a snapshot: a file
/// appears whole under a name that nobody had, or it does not. Its outcome has three
/// values.
///
/// Invariants: nothing is visible under its final name before all its bytes are; whoever
/// dies leaves at most a hidden `.<name>.<uuid>.tmp`, which every listing of metadata
/// skips; a path read from stored bytes never leads outside its table.

#include <memory>

#include "tarn/base/file_system.h"

namespace tarn::io {

/// Files of this machine over POSIX descriptors. Thread-safe.
///
/// Outputs are written through a buffer of 1 MiB into their final name (data files are
/// not visible until a snapshot names them) and are removed when they are dropped without
/// `Close()`. `CreateExclusively` writes a hidden temporary file beside the target and
/// links it
/// (`link(2)`; where a file system has no links, `renameat2(RENAME_NOREPLACE)`).
std::shared_ptr<base::FileSystem> MakeLocalFileSystem();

}  // namespace tarn::io
