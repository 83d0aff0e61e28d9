"""The words that announce a verdict, in the languages that judges were seen to write. New ones are new lines here."""

OVERALL = (
    "final score", "final rating", "final grade", "final verdict", "final judgment", "final judgement",
    "overall score", "overall rating", "overall grade", "overall verdict", "total score",
    "採点結果", "採点", "総合評価", "最終評価", "総合判定", "最終判定", "総合点", "総合得点", "総合スコア",
    "最終スコア", "最終得点", "評点",
    "综合评分", "最终评分", "最终得分", "总体评分", "总评分", "总分", "綜合評分", "最終評分", "總分",
)  # fmt: skip
"""They speak of the whole answer wherever they stand."""

PLAIN = (
    "score", "rating", "grade", "verdict", "judgment", "judgement", "overall",
    "総評", "評価", "スコア", "得点", "点数", "判定",
    "评分", "評分", "得分", "分数", "分數", "判断",
)  # fmt: skip
"""They speak of the whole answer only where no other word qualifies them ("accuracy score" is a part of it)."""

WITH_UNIT = ("回答", "解答")
"""They announce a score only where a unit follows the number: a quoted answer may be a number too."""

QUALIFIERS = (
    "the", "my", "a", "an", "its", "your", "this", "so", "thus", "therefore", "hence", "and", "is", "assigned", "given",
    "numeric", "numerical", "final", "overall", "total", "assistant's", "answer's", "response's",
)  # fmt: skip
QUALIFIERS_JA = (
    "この",
    "その",
    "私の",
    "我的",
    "全体の",
    "総合的な",
    "最終的な",
    "最終",
    "総合",
    "回答の",
    "回答に対する",
)
"""Words before a plain label that leave it speaking of the whole answer."""

JSON_KEYS = frozenset(
    word
    for label in (*OVERALL, *PLAIN, "overall", "final", "choice", "winner")
    for word in (label, label.replace(" ", "_"), label.replace(" ", ""), label.replace(" ", "-"))
)
