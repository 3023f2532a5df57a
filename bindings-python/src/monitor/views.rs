//! What was read of an inbox and of an outbox.

use countersign::monitor::{self, Attached};
use pyo3::prelude::*;

use crate::number;

/// What was read of an inbox: its counts by state, and its dead letters as number, reception in
/// Unix seconds, attempts, event id, event type and error; ``None`` for what it did not answer.
#[pyclass(frozen, module = "countersign._countersign")]
pub(crate) struct InboxView(monitor::InboxView);

type Letter<'py> = (
    u64,
    Bound<'py, PyAny>,
    u32,
    Option<String>,
    Option<String>,
    Option<String>,
);

#[pymethods]
impl InboxView {
    #[new]
    fn new(
        counts: Option<Vec<(String, u64)>>,
        dead_letters: Option<Vec<Letter<'_>>>,
    ) -> PyResult<Self> {
        let mut view = monitor::InboxView::down();
        view.counts = counts;
        view.dead_letters = dead_letters
            .map(|letters| letters.into_iter().map(dead_letter).collect())
            .transpose()?;
        Ok(Self(view))
    }
}

fn dead_letter(letter: Letter<'_>) -> PyResult<monitor::DeadLetter> {
    let (number, received, attempts, event_id, event_type, error) = letter;
    let received = number::exact_time(&received)?;
    let mut letter = monitor::DeadLetter::new(number, received, attempts);
    letter.event_id = event_id;
    letter.event_type = event_type;
    letter.error = error;
    Ok(letter)
}

/// What was read of an outbox, by `SenderEngine.shown`.
#[pyclass(frozen, module = "countersign._countersign")]
pub(crate) struct OutboxView(pub(crate) monitor::OutboxView);

#[pymethods]
impl OutboxView {
    /// That of an outbox that does not answer.
    #[staticmethod]
    fn down() -> Self {
        Self(monitor::OutboxView::down())
    }
}

/// What there is of the two.
pub(super) fn attached<'a>(
    inbox: Option<&'a InboxView>,
    outbox: Option<&'a OutboxView>,
) -> Attached<'a> {
    Attached::new(inbox.map(|view| &view.0), outbox.map(|view| &view.0))
}

/// Whether the event of this number may be replayed, given the numbers of all dead letters.
#[pyfunction]
pub(crate) fn is_shown(dead_letters: Vec<u64>, number: u64) -> bool {
    monitor::is_shown(dead_letters, number)
}
