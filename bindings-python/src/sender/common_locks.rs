//! What [`own_locks`](self) is where the system has no locks of another owner than the process.

/// Windows locks handles.
pub(super) const ARE_APART: bool = cfg!(windows);

pub(super) fn separate() {}

pub(super) fn forget_inherited() {}
