"""The pages of the work queue, which are a library's: addresses of nothing are no pages, and a silent queue says so."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_rq.admin import QueueAdmin
from django_rq.models import Dashboard
from redis.exceptions import ConnectionError as QueueConnectionError
from redis.exceptions import TimeoutError as QueueTimeoutError
from rq.exceptions import InvalidJobOperation, NoSuchJobError

from judging.reports import queue_address

Page = Callable[..., HttpResponseBase]
LIST = "django_rq_dashboard_changelist"
OF_ROWS = "django_rq_dashboard_"
OF_ANOTHER_LIBRARY = "django_rq_scheduler_jobs"


def answering(page: Page) -> Page:
    """A page of the library that says what it cannot do."""

    @wraps(page)
    def answer(request: HttpRequest, **names: str | int) -> HttpResponseBase:
        try:
            return page(request, **names)
        except (IndexError, NoSuchJobError) as error:
            raise Http404 from error
        except (AssertionError, ValueError) as error:
            # How it takes the name of a worker that is gone, or of none.
            if "key" not in names:
                raise
            raise Http404 from error
        except InvalidJobOperation:
            messages.error(request, _("The job is not in a state in which this can be done."))
            return redirect("admin:django_rq_job_detail", names["queue_index"], names["job_id"])
        except (QueueConnectionError, QueueTimeoutError):
            return render(request, "django_rq/silent.html", silent(request), status=503)

    return answer


def silent(request: HttpRequest) -> dict[str, Any]:
    """What the page says of a queue that does not answer."""
    return admin.site.each_context(request) | {"address": queue_address()}


def can_answer(name: str) -> bool:
    """Whether the page has anything to show: the library's table of rows does not exist."""
    return name == LIST or (
        name.startswith("django_rq_") and not name.startswith(OF_ROWS) and name != OF_ANOTHER_LIBRARY
    )


apps.get_app_config("django_rq").verbose_name = gettext_lazy("Work queue")
Dashboard._meta.verbose_name = Dashboard._meta.verbose_name_plural = gettext_lazy("Work queue")

admin.site.unregister(Dashboard)


@admin.register(Dashboard)
class WorkQueueAdmin(QueueAdmin):
    """The library's pages, as far as they can answer here."""

    def get_urls(self) -> list[URLPattern]:
        """Each says what it cannot do."""
        return [
            URLPattern(page.pattern, answering(page.callback), page.default_args, page.name)
            for page in super().get_urls()  # type: ignore[no-untyped-call]
            if can_answer(page.name or "")
        ]
