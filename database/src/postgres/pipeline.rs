//! Sends several things before the first is answered.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// Futures that send when they are first polled, and are answered in their order.
pub(super) struct Pipeline<'a, T, E>(Vec<Progress<'a, T, E>>);

enum Progress<'a, T, E> {
    Sent(Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>),
    Answered(T),
}

impl<'a, T, E> Pipeline<'a, T, E> {
    pub(super) fn new<F>(futures: impl IntoIterator<Item = F>) -> Self
    where
        F: Future<Output = Result<T, E>> + Send + 'a,
    {
        let futures = futures.into_iter();
        Self(
            futures
                .map(|future| Progress::Sent(Box::pin(future) as Pin<Box<_>>))
                .collect(),
        )
    }

    /// Sends all, up to the first that fails at once.
    pub(super) async fn send(&mut self) -> Result<(), E> {
        poll_fn(|context| {
            for progress in &mut self.0 {
                if let Progress::Sent(future) = progress
                    && let Poll::Ready(answer) = future.as_mut().poll(context)
                {
                    *progress = Progress::Answered(answer?);
                }
            }
            Poll::Ready(Ok(()))
        })
        .await
    }

    /// Waits for all answers, or the first failure.
    pub(super) async fn finish(self, answers: &mut Vec<T>) -> Result<(), E> {
        for progress in self.0 {
            answers.push(match progress {
                Progress::Sent(future) => future.await?,
                Progress::Answered(answer) => answer,
            });
        }
        Ok(())
    }
}
