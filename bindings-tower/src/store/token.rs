use countersign::GuardError;

/// Which claim on a key: 16 random bytes in hexadecimal.
///
/// # Errors
/// `store_unavailable` if the host has no randomness.
pub(crate) fn random_token() -> Result<String, GuardError> {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        tracing::error!(code = "store_unavailable", "the host has no randomness");
        return Err(GuardError::StoreUnavailable);
    }
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
