"""What the labels and judgments of a dataset say, read from several tables at once."""

from annotation.reports.agreement import (
    PANELS,
    AgreementReport,
    Question,
    agreement_report,
    chosen_campaign,
    judged_runs,
)
from annotation.reports.document import agreement_document, document_of, panel_document
from annotation.reports.human import HumanColumn, human_column, human_verdicts
from annotation.reports.judges import JudgeReport, items_of_cell, judge_report
from annotation.reports.refusals import ReportRefused
from annotation.reports.text import as_text, several_as_text
from annotation.reports.titles import method_title, reading_title, statistic_title
from annotation.reports.words import MOST_READ_BY_COMMAND

__all__ = [
    "MOST_READ_BY_COMMAND",
    "PANELS",
    "AgreementReport",
    "HumanColumn",
    "JudgeReport",
    "Question",
    "ReportRefused",
    "agreement_document",
    "agreement_report",
    "as_text",
    "chosen_campaign",
    "document_of",
    "human_column",
    "human_verdicts",
    "items_of_cell",
    "judge_report",
    "judged_runs",
    "method_title",
    "panel_document",
    "reading_title",
    "several_as_text",
    "statistic_title",
]
