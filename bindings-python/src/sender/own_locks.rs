//! Locks of files that are not shared with the other SQLite of the process.
//!
//! Python's `sqlite3` has an SQLite of its own. SQLite locks files by POSIX record locks, which
//! belong to the process: two copies of it in one process do not keep each other out, and each drops
//! the locks of the other when it closes a file. Both would write to a file at once, and break it
//! (*How To Corrupt An SQLite Database File*, section 2.2.1).
//!
//! Here the copy of the sender gets locks of another owner: open file description locks, which
//! conflict with those of the process itself. SQLite expects of its locks that they belong to a file
//! and not to the descriptor that they were taken with, so that all go to one descriptor for each
//! file. And it closes no file while others in the process have it open: that would drop their locks.
//! Linux alone has such locks; on Windows locks belong to handles anyway.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::fs;
use std::mem;
use std::os::fd::RawFd;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use countersign_database::sqlite::rusqlite::ffi;

/// A file, by its device and its number there.
type Inode = (libc::dev_t, libc::ino_t);

#[derive(Default)]
struct File {
    /// Holds the locks.
    locks: RawFd,
    /// What SQLite has open.
    used: Vec<RawFd>,
    /// What SQLite has closed while others in this process had the file open.
    kept: Vec<RawFd>,
}

/// Whether Python's SQLite and the sender's keep each other out.
pub(super) const ARE_APART: bool = true;

type Files = Mutex<HashMap<Inode, File>>;

/// A child begins with a new one: a thread that held the lock of the parent's is not there.
static FILES: AtomicPtr<Files> = AtomicPtr::new(ptr::null_mut());

fn files() -> MutexGuard<'static, HashMap<Inode, File>> {
    // SAFETY: it is null or points to what `begin` has leaked.
    let files = unsafe { FILES.load(Ordering::Acquire).as_ref() };
    let files = files.unwrap_or_else(|| begin(ptr::null_mut()));
    files.lock().unwrap_or_else(PoisonError::into_inner)
}

fn begin(instead_of: *mut Files) -> &'static Files {
    let made = Box::into_raw(Box::default());
    let (success, failure) = (Ordering::AcqRel, Ordering::Acquire);
    let there = match FILES.compare_exchange(instead_of, made, success, failure) {
        Ok(_) => made,
        Err(other) => {
            // SAFETY: nobody else has seen it.
            drop(unsafe { Box::from_raw(made) });
            other
        }
    };
    // SAFETY: it was leaked here, or by another thread just now.
    unsafe { &*there }
}

/// Gives the sender's SQLite locks of its own, before it opens the first file.
pub(super) fn separate() {
    static DONE: Once = Once::new();
    DONE.call_once(|| {
        // SAFETY: SQLite finds its default file system, which stays.
        let system = unsafe { ffi::sqlite3_vfs_find(ptr::null()) };
        // SAFETY: it is null or SQLite's.
        let replace = unsafe { system.as_ref() }.and_then(|system| system.xSetSystemCall);
        let Some(replace) = replace else {
            return;
        };
        type Call = unsafe extern "C" fn();
        // SAFETY: SQLite casts each back to the type that it has here, but that `fcntl` is variadic
        // there: on Linux an argument is passed to both alike.
        let calls: [(&CStr, Call); 3] = unsafe {
            [
                (
                    c"open",
                    mem::transmute::<*const (), Call>(open as *const ()),
                ),
                (
                    c"fcntl",
                    mem::transmute::<*const (), Call>(lock as *const ()),
                ),
                (
                    c"close",
                    mem::transmute::<*const (), Call>(close as *const ()),
                ),
            ]
        };
        for (name, call) in calls {
            // SAFETY: the names are those of calls that SQLite makes, and the functions stay.
            unsafe { replace(system, name.as_ptr().cast::<c_char>(), Some(call)) };
        }
    });
}

/// Closes in the child of a fork what belongs to the parent: as long as it is open here, a parent
/// that is killed would leave its locks behind.
pub(super) fn forget_inherited() {
    let parents = FILES.load(Ordering::Acquire);
    // SAFETY: it is null or points to what `begin` has leaked.
    let Some(files) = (unsafe { parents.as_ref() }) else {
        return;
    };
    begin(parents);
    // Another thread of the parent may have held it when it forked; then they stay open.
    let Ok(mut files) = files.try_lock() else {
        return;
    };
    for (_, file) in files.drain() {
        for descriptor in file.used.into_iter().chain(file.kept).chain([file.locks]) {
            // SAFETY: nothing in this process uses it: the connections are the parent's.
            unsafe { libc::close(descriptor) };
        }
    }
}

fn inode(descriptor: RawFd) -> Option<Inode> {
    // SAFETY: a `stat` of zeros is one, and the call fills it.
    let mut status: libc::stat = unsafe { mem::zeroed() };
    // SAFETY: `status` is writable.
    let failed = unsafe { libc::fstat(descriptor, &raw mut status) } != 0;
    (!failed).then_some((status.st_dev, status.st_ino))
}

/// In the place of `open`: what is kept of the file is as good as new.
extern "C" fn open(path: *const c_char, flags: c_int, mode: c_int) -> c_int {
    if let Some(kept) = take_kept(path, flags) {
        return kept;
    }
    // SAFETY: as SQLite calls it.
    unsafe { libc::open(path, flags, mode) }
}

fn take_kept(path: *const c_char, flags: c_int) -> Option<RawFd> {
    if flags & libc::O_EXCL != 0 {
        return None;
    }
    // SAFETY: a `stat` of zeros is one, which the call fills; the path is SQLite's.
    let status = unsafe {
        let mut status: libc::stat = mem::zeroed();
        (libc::stat(path, &raw mut status) == 0).then_some(status)
    }?;
    let mut files = files();
    let file = files.get_mut(&(status.st_dev, status.st_ino))?;
    // SAFETY: the descriptor is open.
    let access = |kept| unsafe { libc::fcntl(kept, libc::F_GETFL) } & libc::O_ACCMODE;
    let place = file
        .kept
        .iter()
        .position(|&kept| access(kept) == flags & libc::O_ACCMODE)?;
    Some(file.kept.swap_remove(place))
}

/// In the place of `fcntl`.
extern "C" fn lock(descriptor: c_int, command: c_int, argument: *mut c_void) -> c_int {
    let own = match command {
        libc::F_SETLK => libc::F_OFD_SETLK,
        libc::F_SETLKW => libc::F_OFD_SETLKW,
        libc::F_GETLK => libc::F_OFD_GETLK,
        // SAFETY: as SQLite calls it.
        _ => return unsafe { libc::fcntl(descriptor, command, argument) },
    };
    let Some(locks) = locks_of(descriptor) else {
        return -1;
    };
    // SAFETY: the argument of these commands is a `flock` of SQLite's.
    unsafe {
        (*argument.cast::<libc::flock>()).l_pid = 0;
        libc::fcntl(locks, own, argument)
    }
}

/// The descriptor that holds the locks of this one's file; the reason is in `errno` if there is none.
fn locks_of(descriptor: RawFd) -> Option<RawFd> {
    let inode = inode(descriptor)?;
    let mut files = files();
    let file = match files.entry(inode) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(unknown) => {
            let locks = opened_again(descriptor)?;
            unknown.insert(File {
                locks,
                ..File::default()
            })
        }
    };
    if !file.used.contains(&descriptor) {
        file.used.push(descriptor);
    }
    Some(file.locks)
}

/// Another description of the same file. A duplicate would be the same one, which a mapping of the
/// file keeps alive, so that a child which inherits that would keep the locks of a parent that was
/// killed.
fn opened_again(descriptor: RawFd) -> Option<RawFd> {
    let path = CString::new(format!("/proc/self/fd/{descriptor}")).ok()?;
    // SAFETY: the descriptor is open, and the path ends in a zero byte.
    let again = unsafe {
        let access = libc::fcntl(descriptor, libc::F_GETFL) & libc::O_ACCMODE;
        libc::open(path.as_ptr(), access | libc::O_CLOEXEC)
    };
    if again >= 0 {
        return Some(again);
    }
    // Where `/proc` is not mounted. SAFETY: it makes a new descriptor.
    let duplicate = unsafe { libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, 3) };
    (duplicate >= 0).then_some(duplicate)
}

/// In the place of `close`: the locks of the file are gone, as SQLite expects, and those of others
/// stay.
extern "C" fn close(descriptor: c_int) -> c_int {
    let mut files = files();
    let inode = inode(descriptor);
    let file = inode.and_then(|inode| files.get_mut(&inode));
    let (Some(inode), Some(file)) = (inode, file) else {
        // SAFETY: SQLite has opened it, and locked nothing of it.
        return unsafe { libc::close(descriptor) };
    };
    file.used.retain(|&used| used != descriptor);
    file.kept.push(descriptor);
    unlock(file.locks);
    if file.used.is_empty() && !is_open_elsewhere(inode, file) {
        for descriptor in file.kept.drain(..).chain([file.locks]) {
            // SAFETY: SQLite uses it no more, and nobody else does.
            unsafe { libc::close(descriptor) };
        }
        files.remove(&inode);
    }
    0
}

fn unlock(locks: RawFd) {
    // SAFETY: a `flock` of zeros is one: from the beginning to the end.
    let mut all: libc::flock = unsafe { mem::zeroed() };
    all.l_type = libc::F_UNLCK as libc::c_short;
    all.l_whence = libc::SEEK_SET as libc::c_short;
    // SAFETY: the descriptor is this module's own.
    unsafe { libc::fcntl(locks, libc::F_OFD_SETLK, &raw mut all) };
}

/// Whether a descriptor of this process that is not known here is open for the file. If that cannot be known, it is.
fn is_open_elsewhere(file: Inode, known: &File) -> bool {
    let Ok(open) = fs::read_dir("/proc/self/fd") else {
        return true;
    };
    let open = open.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    open.filter(|descriptor| *descriptor != known.locks && !known.kept.contains(descriptor))
        .any(|descriptor| inode(descriptor) == Some(file))
}
