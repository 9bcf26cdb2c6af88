"""The door for gunicorn in production; the embedded database, where used, is started by `serve`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wanzhou_eval.settings")
os.environ.setdefault("WANZHOU_REHEARSAL", "0")
application = get_wsgi_application()
