"""What the labels and judgments of a dataset say, read from several tables at once."""

from annotation.reports.agreement import AgreementReport, Question, agreement_report, chosen_campaign, judged_runs
from annotation.reports.document import agreement_document
from annotation.reports.human import HumanColumn, human_column, human_verdicts
from annotation.reports.judges import JudgeReport, items_of_cell, judge_report
from annotation.reports.refusals import ReportRefused
from annotation.reports.text import as_text
from annotation.reports.titles import method_title, reading_title, statistic_title
from annotation.reports.words import MOST_READ_BY_COMMAND

__all__ = [
    "MOST_READ_BY_COMMAND",
    "AgreementReport",
    "HumanColumn",
    "JudgeReport",
    "Question",
    "ReportRefused",
    "agreement_document",
    "agreement_report",
    "as_text",
    "chosen_campaign",
    "human_column",
    "human_verdicts",
    "items_of_cell",
    "judge_report",
    "judged_runs",
    "method_title",
    "reading_title",
    "statistic_title",
]
