"""Published vectors of providers whose scheme is not registered but can be described."""

from __future__ import annotations

from typing import Any, Dict, List

from casebook import Case, verify_case
from fixtures import NOW


def _square() -> Dict[str, Any]:
    return {
        "name": "square",
        "headers": {"signature": "x-square-hmacsha256-signature"},
        "encoding": "base64",
        "content": "{url}{body}",
        "event_id": "body:event_id",
        "event_type": "body:type",
        "event_time": "body:created_at",
        "event_time_format": "rfc3339",
        "data": "data",
    }


def _paddle() -> Dict[str, Any]:
    return {
        "name": "paddle",
        "headers": {"signature": "paddle-signature"},
        "prefix": "h1=",
        "separator": ";",
        "timestamp_label": "ts",
        "content": "{timestamp}:{body}",
        "tolerance": {"past": 5, "future": 5},
        "event_id": "body:event_id",
        "event_type": "body:event_type",
        "event_time": "body:occurred_at",
        "event_time_format": "rfc3339",
        "required": ["id", "type"],
        "data": "data",
        "dedupe": "body:notification_id",
    }


def _circleci() -> Dict[str, Any]:
    return {
        "name": "circleci",
        "headers": {"signature": "circleci-signature"},
        "prefix": "v1=",
        "separator": ",",
    }


def cases() -> List[Case]:
    paddle_body = (
        b'{"data":{"id":"ctm_01hs0tqf76sxmp7ba5e4mw1sc8","name":"John Doe",'
        b'"email":"blackhole+verification2@paddle.com","locale":"en","status":"active",'
        b'"created_at":"2024-03-15T10:32:37.862Z","updated_at":"2024-03-15T10:32:37.862Z",'
        b'"custom_data":null,"import_meta":null,"marketing_consent":false},'
        b'"event_id":"evt_01hs0tqfme2xwb2hvwv87p8y3w","event_type":"customer.created",'
        b'"occurred_at":"2024-03-15T10:32:38.286848Z",'
        b'"notification_id":"ntf_01hs0tqfrhgkyp39x4wyvy7h6n"}'
    )
    square_body = (
        b'{"merchant_id":"MLEFBHHSJGVHD","type":"webhooks.test_notification",'
        b'"event_id":"ac3ac95b-f97d-458c-a6e6-18981597e05f",'
        b'"created_at":"2022-07-13T20:30:59.037339943Z",'
        b'"data":{"type":"webhooks","id":"bc368e64-01aa-407e-b46e-3231809b1129"}}'
    )
    paddle_tests = "PaddleHQ/paddle-python-sdk tests/Unit/Notification/test_Verifier.py"
    circleci_docs = "circleci/circleci-docs jekyll/_cci2/webhooks.adoc"
    not_json = "payload_not_json"
    return [
        verify_case(
            "custom-published-line", "LINE's vector: base64 without a prefix.", "accept",
            source="line/line-bot-sdk-python tests/v3/test_webhook.py",
            scheme={
                "name": "line", "headers": {"signature": "x-line-signature"}, "encoding": "base64",
            },
            secrets=["channel_secret"],
            headers=[("x-line-signature", "/gg9a+LvFevTH1sd7XCQycD7tsWclCsInj7MhBHxN7k=")],
            body=b"bodybodybodybody", now=NOW, event=not_json,
        ),
        verify_case(
            "custom-published-square", "Square's vector: the URL is signed before the body.",
            "accept", source="square/square-nodejs-sdk tests/integration/webhooks.test.ts",
            scheme=_square(), secrets=["Ibxx_5AKakO-3qeNVR61Dw"],
            headers=[
                ("x-square-hmacsha256-signature", "GF4YkrJgGBDZ9NIYbNXBnMzqb2HoL4RW/S6vkZ9/2N4=")
            ],
            body=square_body, now=NOW,
            url="https://webhook.site/679a4f3a-dcfa-49ee-bac5-9d0edad886b9",
            event={
                "id": "ac3ac95b-f97d-458c-a6e6-18981597e05f",
                "type": "webhooks.test_notification",
                "timestamp": 1657744259.037339943,
            },
        ),
        verify_case(
            "custom-published-square-docs", "The example of Square's documentation.", "accept",
            source="Square documentation, Validate and verify webhook notifications, step 3",
            scheme=_square(), secrets=["asdf1234"],
            headers=[
                ("x-square-hmacsha256-signature", "2kRE5qRU2tR+tBGlDwMEw2avJ7QM4ikPYD/PJ3bd9Og=")
            ],
            body=b'{"hello":"world"}', now=NOW, url="https://example.com/webhook",
        ),
        verify_case(
            "custom-published-paddle-rotation",
            "Paddle's vector with two h1 entries, of which one is no hexadecimal.", "accept",
            source=paddle_tests, scheme=_paddle(),
            secrets=[
                "pdl_ntf_01hbpjmytsa32fhr36nqgc3kgb_WvRO0eL4Bj9rgYYIBZY6wZhG4EHy9jzh"
            ],
            headers=[
                (
                    "paddle-signature",
                    "ts=1696195954;h1=dummy;"
                    "h1=d96299976a6eb066f484d7fde011ac56fc32b38fc9940bc419d6e537fdc6ef02",
                )
            ],
            body=b"hello-world", now=1696195954, event=not_json,
        ),
        verify_case(
            "custom-published-paddle", "Paddle's vector: semicolons, a ts label.", "accept",
            source=paddle_tests, scheme=_paddle(),
            secrets=["pdl_ntfset_01hs0t3tw21j988db1pam5xg8m_GrOWLNef+vmtjJYq4mSnHNzvc8uWoJ1I"],
            headers=[
                (
                    "paddle-signature",
                    "ts=1710498758;"
                    "h1=558bf93944dbeb4790c7a8af6cb2ea435c8ca9c8396aafc1a4e37424ac132744",
                )
            ],
            body=paddle_body, now=1710498758, gives={"timestamp": 1710498758, "id": None},
            event={
                "id": "evt_01hs0tqfme2xwb2hvwv87p8y3w",
                "timestamp": 1710498758.286848,
                "dedupe_key": "paddle:ntf_01hs0tqfrhgkyp39x4wyvy7h6n",
            },
        ),
        verify_case(
            "custom-published-circleci", "CircleCI's first vector.", "accept",
            source=circleci_docs, scheme=_circleci(), secrets=["secret"],
            headers=[
                (
                    "circleci-signature",
                    "v1=734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a",
                )
            ],
            body=b"hello world", now=NOW, event=not_json,
        ),
        verify_case(
            "custom-published-circleci-v2", "CircleCI's second vector: v2 stands beside v1.",
            "accept", source=circleci_docs, scheme=_circleci(), secrets=["another-secret"],
            headers=[
                (
                    "circleci-signature",
                    "v1=daa220016c8f29a8b214fbfc3671aeec2145cfb1e6790184ffb38b6d0425fa00,v2=abc",
                )
            ],
            body=b"lalala", now=NOW, event=not_json,
        ),
    ]  # fmt: skip
