"""WSGI entry: announcement files first, then the pages of the portal."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from portal.files import PublicFiles

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = PublicFiles(get_wsgi_application(), settings.PUBLIC_ROOT)
