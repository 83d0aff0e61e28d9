"""The front door: everybody lands where their work is."""

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from judging.actions.preferences import choose_language, chosen_language
from judging.permissions import leads, member_required


@member_required
def home(request: HttpRequest) -> HttpResponseBase:
    """Leads start at the datasets, annotators at their queues."""
    return redirect("dataset_list" if leads(request.user) else "review_list")


def healthz(request: HttpRequest) -> HttpResponse:
    """Says that the web server answers; reads nothing."""
    return HttpResponse("ok", content_type="text/plain")


def favicon(request: HttpRequest) -> HttpResponseBase:
    """Where browsers look by themselves, in the back office too."""
    return redirect(static("evalsite/icon.svg"))


class LogIn(LoginView):
    """The login, which brings the language that its person chose elsewhere."""

    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Log in, and keep the language in this browser too."""
        response = super().form_valid(form)
        if language := chosen_language(form.get_user()):
            keep_language(response, language)
        return response


@require_POST
def language(request: HttpRequest) -> HttpResponseBase:
    """Show all pages in another language, from now on and wherever this person logs in."""
    chosen = request.POST.get("language", "")
    if isinstance(request.user, User) and chosen in dict(settings.LANGUAGES) and check_for_language(chosen):
        choose_language(request.user, chosen)
    return set_language(request)


def keep_language(response: HttpResponse, chosen: str) -> None:
    """Set the cookie that pages choose their language by."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
