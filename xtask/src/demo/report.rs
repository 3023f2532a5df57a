//! The table: one line for each thing that can happen, as long as all answers to it are the same.

use super::verdict::Verdict;

/// Who decides: the core, then the receivers.
pub(super) const DECIDERS: [&str; 3] = ["Rust core", "Flask", "Worker"];

type Cells = [String; 3];

/// All answers to all deliveries.
#[derive(Default)]
pub(super) struct Report {
    lines: Vec<Line>,
    deliveries: usize,
    differences: Vec<String>,
}

struct Line {
    case: &'static str,
    cells: Cells,
    /// Of the deliveries that were answered so.
    schemes: Vec<&'static str>,
    deliveries: usize,
}

impl Report {
    /// Takes the core's verdict, then for each receiver what it must answer and what it answered.
    pub(super) fn add(
        &mut self,
        case: &'static str,
        endpoint: &str,
        scheme: &'static str,
        core: &Verdict,
        receivers: &[(Verdict, Verdict); 2],
    ) {
        self.deliveries += 1;
        for (name, (expected, verdict)) in DECIDERS[1..].iter().zip(receivers) {
            if verdict != expected {
                self.differences.push(format!(
                    "{case}, {endpoint}: {name} answered {verdict}, and by the core's verdict it \
                     is {expected}"
                ));
            }
        }
        let cell = |(expected, verdict): &(Verdict, Verdict)| {
            let mark = if verdict == expected { "" } else { " DIFFERS" };
            format!("{} {}{mark}", verdict.status(), verdict.code())
        };
        let [flask, worker] = receivers;
        let cells = [core.code().to_owned(), cell(flask), cell(worker)];
        let known = |line: &&mut Line| line.case == case && line.cells == cells;
        match self.lines.iter_mut().find(known) {
            Some(line) => {
                line.deliveries += 1;
                if !line.schemes.contains(&scheme) {
                    line.schemes.push(scheme);
                }
            }
            None => self.lines.push(Line {
                case,
                cells,
                schemes: vec![scheme],
                deliveries: 1,
            }),
        }
    }

    pub(super) fn deliveries(&self) -> usize {
        self.deliveries
    }

    /// What differed, in full.
    pub(super) fn differences(&self) -> &[String] {
        &self.differences
    }

    pub(super) fn print(&self) {
        let mut rows = vec![[
            "case".to_owned(),
            "sent".to_owned(),
            DECIDERS[0].to_owned(),
            DECIDERS[1].to_owned(),
            DECIDERS[2].to_owned(),
            "schemes".to_owned(),
        ]];
        let mut lines: Vec<&Line> = self.lines.iter().collect();
        // Lines of one case stand together; the order of the cases stays.
        let first = |line: &Line| self.lines.iter().position(|other| other.case == line.case);
        lines.sort_by_key(|line| first(line));
        let mut previous = "";
        for line in lines {
            let whole = self
                .lines
                .iter()
                .filter(|other| other.case == line.case)
                .count()
                == 1;
            let [core, flask, worker] = line.cells.clone();
            rows.push([
                if line.case == previous { "" } else { line.case }.to_owned(),
                line.deliveries.to_string(),
                core,
                flask,
                worker,
                if whole && line.schemes.len() == 7 {
                    "all".to_owned()
                } else {
                    line.schemes.join(" ")
                },
            ]);
            previous = line.case;
        }
        print_aligned(&rows);
    }
}

/// A table whose first row is its head.
pub(super) fn print_aligned<Row: AsRef<[String]>>(rows: &[Row]) {
    let columns = rows.first().map_or(0, |head| head.as_ref().len());
    let width = |column: usize| {
        let lengths = rows.iter().map(|row| row.as_ref()[column].chars().count());
        lengths.max().unwrap_or_default()
    };
    for (index, row) in rows.iter().enumerate() {
        let line: String = row
            .as_ref()
            .iter()
            .enumerate()
            .map(|(column, cell)| format!("{cell:<width$}  ", width = width(column)))
            .collect();
        println!("{}", line.trim_end());
        if index == 0 {
            let total: usize = (0..columns).map(|column| width(column) + 2).sum();
            println!("{}", "-".repeat(total.saturating_sub(2)));
        }
    }
}
