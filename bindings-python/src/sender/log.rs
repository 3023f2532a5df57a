//! What the crates of the sender log, for the module `logging` of Python.

use std::fmt::{self, Write as _};
use std::sync::Once;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use super::process::Process;

/// A line of the log.
pub(super) struct Line {
    level: Level,
    message: String,
    /// What else is told, by name.
    parts: Vec<(&'static str, String)>,
}

/// Has everything from warnings on logged by Python.
pub(super) fn forward() {
    static DONE: Once = Once::new();
    DONE.call_once(|| {
        // If there is one already, somebody else wants it.
        let _ = tracing::subscriber::set_global_default(Forwarding);
    });
}

struct Forwarding;

impl Subscriber for Forwarding {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event()
            && *metadata.level() <= Level::WARN
            && metadata.target().starts_with("countersign")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        // None is enabled.
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line {
            level: *event.metadata().level(),
            message: String::new(),
            parts: Vec::new(),
        };
        event.record(&mut line);
        if let Ok(process) = Process::current() {
            process.completions.log(line);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let value = format!("{value:?}");
        match field.name() {
            "message" => self.message = value,
            name => self.parts.push((name, value)),
        }
    }
}

impl Line {
    /// Writes it, as far as `logging` is set up to.
    pub(super) fn write(self, py: Python<'_>) -> PyResult<()> {
        let logger = py
            .import("logging")?
            .call_method1("getLogger", ("countersign",))?;
        let level = if self.level == Level::WARN { 30 } else { 40 };
        let parts = PyDict::new(py);
        let mut text = self.message;
        for (index, (name, value)) in self.parts.into_iter().enumerate() {
            // Of a `String` writing never fails.
            let _ = write!(
                text,
                "{}{name}={value}",
                if index == 0 { ": " } else { ", " }
            );
            parts.set_item(name, value)?;
        }
        let extra = PyDict::new(py);
        extra.set_item("countersign", parts)?;
        let named = PyDict::new(py);
        named.set_item("extra", extra)?;
        logger.call_method("log", (level, "%s", text), Some(&named))?;
        Ok(())
    }
}
