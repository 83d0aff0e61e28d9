"""Import in the admin: upload, preview of the plan, confirmation; the same plan and apply as the command."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from import_export.admin import ImportMixin

from judging.actions.imports import (
    ImportPlan,
    ImportRefused,
    InputFile,
    apply_import,
    drop_upload,
    keep_upload,
    kept_upload,
    plan_import,
)
from judging.core.readers import READERS
from judging.permissions import leads

SHOWN_PROBLEMS = 200
CONFIRMED_WITHIN_SECONDS = 24 * 3600
SALT = "judging.import"


class UploadForm(forms.Form):
    """What to import, and into which dataset."""

    file = forms.FileField(label=gettext_lazy("File"))
    name = forms.CharField(
        max_length=200,
        label=gettext_lazy("Dataset"),
        help_text=gettext_lazy("A new name makes a new dataset; an existing one is brought up to date."),
    )
    format = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Format"),
        choices=[("", gettext_lazy("as the content says")), *((name, name) for name in READERS)],
    )
    skip_bad = forms.BooleanField(
        required=False, label=gettext_lazy("Skip bad rows"), help_text=gettext_lazy("Store the good rows all the same.")
    )


class ImportFilesMixin(ImportMixin):  # type: ignore[misc]
    """The library's import pages and buttons, with our readers instead of its table formats."""

    import_template_name = "admin/judging/import.html"

    def has_import_permission(self, request: HttpRequest) -> bool:
        return leads(request.user)

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Upload form, and behind it the plan."""
        self._refuse_others(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            uploaded = form.cleaned_data["file"]
            token = keep_upload(uploaded.name, uploaded.chunks())
            wanted = {key: form.cleaned_data[key] for key in ("name", "format", "skip_bad")} | {"token": token.hex}
            plan = self._plan(form, wanted)
            if plan is not None:
                return self._page(request, form, plan, wanted)
            drop_upload(token)
        return self._page(request, form)

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Import what was previewed."""
        self._refuse_others(request)
        try:
            wanted = signing.loads(request.POST.get("wanted", ""), salt=SALT, max_age=CONFIRMED_WITHIN_SECONDS)
        except signing.BadSignature:
            return self._back(request, _("This preview is too old or was changed. Upload the file again."))
        token = UUID(wanted["token"])
        upload = kept_upload(token)
        if upload is None:
            return self._back(request, _("This upload was imported already or is gone. Upload the file again."))
        try:
            dataset = apply_import(_planned(upload, wanted), by=request.user)  # type: ignore[arg-type]
        except ImportRefused as refusal:
            return self._back(request, str(refusal))
        finally:
            drop_upload(token)
        messages.success(request, _("%(name)s is imported.") % {"name": dataset.name})
        return HttpResponseRedirect(dataset.get_absolute_url())

    def _refuse_others(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied

    def _plan(self, form: UploadForm, wanted: dict[str, Any]) -> ImportPlan | None:
        upload = kept_upload(UUID(wanted["token"]))
        try:
            return _planned(upload, wanted) if upload else None
        except ImportRefused as refusal:
            form.add_error("name", str(refusal))
            return None

    def _page(
        self,
        request: HttpRequest,
        form: UploadForm,
        plan: ImportPlan | None = None,
        wanted: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": _("Import"),
            "form": form,
            "opts": self.model._meta,
            "plan": plan,
            "problems": plan.problems[:SHOWN_PROBLEMS] if plan else (),
            "wanted": signing.dumps(wanted, salt=SALT) if wanted else "",
        }
        return TemplateResponse(request, self.import_template_name, context)

    def _back(self, request: HttpRequest, message: str) -> HttpResponse:
        messages.error(request, message)
        return HttpResponseRedirect(reverse("admin:{}_{}_import".format(*self.get_model_info())))


def _planned(upload: InputFile, wanted: dict[str, Any]) -> ImportPlan:
    plan = plan_import(wanted["name"], [upload], format_name=wanted["format"])
    return plan.without_bad_rows() if wanted["skip_bad"] else plan
