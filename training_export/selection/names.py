"""From what a person types to the row they mean, or a sentence that names what there is."""

from django.utils.translation import gettext as _

from annotation.models import Campaign
from judging.models import Dataset, Run
from training_export.selection.choosing import ExportProblem, judge_runs, known_campaigns


def dataset_named(name: str) -> Dataset:
    """The dataset that is ready under this name."""
    dataset: Dataset | None = Dataset.objects.ready().filter(name=name).first()
    if dataset is None:
        names = ", ".join(Dataset.objects.ready().values_list("name", flat=True)[:10])
        known = _("There are: {names}.").format(names=names) if names else _("There is none: import one first.")
        raise ExportProblem(_("There is no dataset “{name}”. {known}").format(name=name, known=known))
    return dataset


def campaign_named(dataset: Dataset, name: str) -> Campaign:
    """The campaign of this dataset under this name."""
    campaign: Campaign | None = Campaign.objects.filter(dataset=dataset, name=name).first()
    if campaign is None:
        raise ExportProblem(
            _("Dataset “{dataset}” has no campaign “{name}”. {known}").format(
                dataset=dataset, name=name, known=known_campaigns(dataset)
            )
        )
    return campaign


def run_numbered(dataset: Dataset, number: int) -> Run:
    """The run of this dataset under this number."""
    run: Run | None = Run.objects.filter(dataset=dataset, pk=number).select_related("judge__rubric").first()
    if run is None:
        numbers = ", ".join(str(pk) for pk in judge_runs(dataset).values_list("pk", flat=True)[:10])
        raise ExportProblem(
            _("Dataset “{dataset}” has no run {number}. Finished runs of judges: {known}.").format(
                dataset=dataset, number=number, known=numbers or _("none")
            )
        )
    return run
