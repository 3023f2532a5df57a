"""The end-to-end corpus behind a plain view of Django, under WSGI."""

from countersign.django import receiver_view
from django.core.wsgi import get_wsgi_application

from django_project import set_up
from fixture import cases
from gunicorn_server import serve

set_up({case.id: case for case in cases(is_async=False)}, receiver_view)
serve(get_wsgi_application())
