//! The proleptic Gregorian calendar.

const DAYS_BEFORE_MONTH: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

fn days_in_month(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to the first of this year, for years from 1970 on.
fn days_before_year(year: u64) -> u64 {
    let past = year - 1;
    let leap_days = |year: u64| year / 4 - year / 100 + year / 400;
    (year - 1970) * 365 + leap_days(past) - leap_days(1969)
}

/// Seconds from 1970 to this date and time of day; `None` if there is no such date, time of day,
/// or if the year is before 1970 or past what 64 bits hold.
pub(super) fn unix_seconds(date: [u64; 3], [hour, minute, second]: [u64; 3]) -> Option<u64> {
    let [year, month, day] = date;
    if year < 1970 || !(1..=12).contains(&month) {
        return None;
    }
    if day < 1 || day > days_in_month(year, month) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let leap_day = u64::from(month > 2 && is_leap(year));
    let days = days_before_year(year) + DAYS_BEFORE_MONTH[month as usize - 1] + leap_day + day - 1;
    let of_day = hour * 3_600 + minute * 60 + second;
    days.checked_mul(86_400)?.checked_add(of_day)
}

/// The year, month and day of this day counted from 1970-01-01.
pub(super) fn date_of_day(day: u64) -> [u64; 3] {
    // The mean year of 365.2425 days is off by one at most.
    let estimate = 1970 + day.saturating_mul(400) / 146_097;
    let year = match estimate {
        late if days_before_year(late) > day => late - 1,
        early if days_before_year(early + 1) <= day => early + 1,
        exact => exact,
    };
    let mut rest = day - days_before_year(year);
    let mut month = 1;
    while rest >= days_in_month(year, month) {
        rest -= days_in_month(year, month);
        month += 1;
    }
    [year, month, rest + 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_are_inverse() {
        for day in 0..200_000 {
            let date = date_of_day(day);
            assert_eq!(
                unix_seconds(date, [0, 0, 0]),
                Some(day * 86_400),
                "{date:?}"
            );
        }
        assert_eq!(date_of_day(2_932_896), [9999, 12, 31]);
    }
}
