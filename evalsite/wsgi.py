"""The WSGI application that gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evalsite.settings")
application = get_wsgi_application()

# Every view now, not with somebody's first request. And what is loaded stays for good: looking through it for garbage
# held all up for more than 100 ms every few hundred requests (docs/performance.md).
get_resolver().url_patterns  # noqa: B018 - reading them imports them
gc.collect()
gc.freeze()
