"""The end-to-end corpus behind an asynchronous view of Django, under ASGI."""

from countersign.django import async_receiver_view
from django.core.asgi import get_asgi_application

from django_project import set_up
from fixture import cases
from uvicorn_server import serve

set_up({case.id: case for case in cases(is_async=True)}, async_receiver_view)
serve(get_asgi_application())
