"""Several secrets, several signatures: which secret fits is part of the verdict."""

from __future__ import annotations

from typing import List

from casebook import Case, Topic, verify_case
from fixtures import (
    MSG,
    NOW,
    SAMPLES,
    STANDARD_OTHER,
    STANDARD_SECRET,
    STANDARD_THIRD,
    STRIPE_OTHER,
    STRIPE_SECRET,
    TEXT_SECRET,
    TEXT_THIRD,
    Headers,
    stripe_v1,
    v1,
)


def _of_each_scheme() -> List[Case]:
    cases: List[Case] = []
    for name, sample in SAMPLES.items():
        for index, secrets in (
            (1, [sample.other_secret, sample.secret]),
            (2, [sample.other_secret, sample.third_secret, sample.secret]),
        ):
            cases.append(
                verify_case(
                    f"rotation-{name}-key-{index}",
                    f"The secret at index {index} fits.",
                    "accept",
                    scheme=name,
                    secrets=secrets,
                    headers=sample.headers(),
                    body=sample.body,
                    now=NOW,
                    gives={"key_index": index},
                )
            )
        cases.append(
            verify_case(
                f"rotation-{name}-none-fits",
                "None of two secrets fits.",
                "signature_mismatch",
                scheme=name,
                secrets=[sample.other_secret, sample.third_secret],
                headers=sample.headers(),
                body=sample.body,
                now=NOW,
            )
        )
    return cases


def _standard_list(case_id: str, about: str, index: int, secrets: List[str], *entries: str) -> Case:
    headers: Headers = [
        ("webhook-id", MSG),
        ("webhook-timestamp", str(NOW)),
        ("webhook-signature", " ".join(entries)),
    ]
    return verify_case(
        case_id, about, "accept" if index >= 0 else "signature_mismatch",
        scheme="standard", secrets=secrets, headers=headers,
        body=SAMPLES["standard"].body, now=NOW,
        gives={"key_index": index} if index >= 0 else None,
    )  # fmt: skip


def _lists() -> List[Case]:
    body = SAMPLES["standard"].body
    new, old, third = (
        v1(body, secret=one) for one in (STANDARD_SECRET, STANDARD_OTHER, STANDARD_THIRD)
    )
    stripe_body = SAMPLES["stripe"].body
    both = ",".join(
        [f"t={NOW}", stripe_v1(stripe_body, secret=STRIPE_OTHER), stripe_v1(stripe_body)]
    )
    return [
        _standard_list(
            "rotation-list-second-entry", "The second of two signatures fits the only secret.",
            0, [STANDARD_SECRET], old, new,
        ),
        _standard_list(
            "rotation-list-first-entry", "The first of two signatures fits the only secret.",
            0, [STANDARD_SECRET], new, old,
        ),
        _standard_list(
            "rotation-both-fit", "Both secrets fit: the first secret counts, not the first entry.",
            0, [STANDARD_SECRET, STANDARD_OTHER], old, new,
        ),
        _standard_list(
            "rotation-three-by-three", "The third secret fits the third entry alone.",
            2, ["whsec_AAAA", "whsec_BBBB", STANDARD_THIRD], old, new, third,
        ),
        _standard_list(
            "rotation-same-secret-twice", "A secret that is given twice counts at its first place.",
            0, [STANDARD_SECRET, STANDARD_SECRET], new,
        ),
        _standard_list(
            "rotation-same-entry-twice", "An entry that is sent twice changes nothing.",
            1, [STANDARD_OTHER, STANDARD_SECRET], new, new,
        ),
        _standard_list(
            "rotation-same-key-two-forms", "Two forms of one secret are one key.",
            1, [STANDARD_OTHER, STANDARD_SECRET[6:].rstrip("="), STANDARD_SECRET], new,
        ),
        _standard_list(
            "rotation-list-none-fits", "Two signatures, and the secret fits neither.",
            -1, [STANDARD_THIRD], new, old,
        ),
        verify_case(
            "rotation-stripe-old-secret",
            "Stripe signs with both secrets while one is being rolled: the old one alone is known.",
            "accept",
            scheme="stripe", secrets=[STRIPE_OTHER], headers=[("stripe-signature", both)],
            body=stripe_body, now=NOW,
        ),
        verify_case(
            "rotation-stripe-new-secret", "The same request, and the new secret alone is known.",
            "accept",
            scheme="stripe", secrets=[STRIPE_SECRET], headers=[("stripe-signature", both)],
            body=stripe_body, now=NOW,
        ),
        verify_case(
            "rotation-ten-secrets", "The last of ten secrets fits.",
            "accept",
            scheme="github", secrets=[f"{TEXT_THIRD} {n}" for n in range(9)] + [TEXT_SECRET],
            headers=SAMPLES["github"].headers(), body=SAMPLES["github"].body, now=NOW,
            gives={"key_index": 9},
        ),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "verify-rotation.json",
        "verify",
        "Several secrets and several signatures: key_index is the first secret that fits.",
        _of_each_scheme() + _lists(),
    )
