use std::pin::Pin;
use std::sync::Arc;

use crate::failure::Unavailable;
use crate::value::Done;
use crate::work::Work;

/// What a database will have done.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<Done, Unavailable>> + Send + 'a>>;

/// A database that any number of tasks may use.
pub trait Database: Send + Sync {
    /// Does the work as a whole. It begins at once and is done even if nobody awaits the answer.
    ///
    /// Work that is run after other work was awaited finds what that did. Needs a runtime of tokio.
    ///
    /// # Errors
    /// [`Unavailable`]. The failure was logged, and has left everything as it was; only if the end
    /// of a transaction was cut off from PostgreSQL it is not known whether it was done.
    fn run(&self, work: Work) -> Running<'_>;
}

impl<D: Database + ?Sized> Database for Arc<D> {
    fn run(&self, work: Work) -> Running<'_> {
        (**self).run(work)
    }
}

impl<D: Database + ?Sized> Database for Box<D> {
    fn run(&self, work: Work) -> Running<'_> {
        (**self).run(work)
    }
}
