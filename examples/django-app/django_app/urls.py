"""Which path is whose."""

from __future__ import annotations

from countersign.django import status_urls
from countersign.monitor import StatusPage
from django.conf import settings
from django.urls import path

from .receivers import monitor
from .views import receive_github, receive_stripe

urlpatterns = [
    path("webhooks/github", receive_github),
    path("webhooks/stripe", receive_stripe),
]
if settings.WEBHOOKS.status_token is not None:
    urlpatterns += status_urls(StatusPage(monitor, settings.WEBHOOKS.status_token))
