"""The words that announce a verdict, in the languages that judges were seen to write. New ones are new lines here."""

OVERALL_JA = (
    "採点結果", "採点", "総合評価", "最終評価", "総合判定", "最終判定", "総合点", "総合得点", "総合スコア",
    "最終スコア", "最終得点", "評点",
)  # fmt: skip
PLAIN_JA = ("総評", "評価", "スコア", "得点", "点数", "判定", "勝者")

OVERALL = (
    "final score", "final rating", "final grade", "final verdict", "final judgment", "final judgement",
    "final evaluation", "final decision", "final mark",
    "overall score", "overall rating", "overall grade", "overall verdict", "total score", "total rating",
    *OVERALL_JA,
    "综合评分", "最终评分", "最终得分", "总体评分", "总评分", "总分", "综合得分", "最终分数", "最终判断", "最终结论",
    "綜合評分", "最終評分", "總分", "總評分",
    "최종 점수", "최종 평가", "최종 평점", "최종 판정", "종합 점수", "종합 평가", "종합 평점", "총점", "전체 점수",
    "gesamtbewertung", "gesamtpunktzahl", "endbewertung", "gesamtnote",
    "note finale", "note globale", "note totale", "évaluation finale", "score final",
    "puntuación final", "puntuación total", "calificación final", "puntaje final", "nota final", "pontuação final",
)  # fmt: skip
"""They speak of the whole answer wherever they stand."""

PLAIN = (
    "score", "rating", "grade", "verdict", "judgment", "judgement", "overall", "winner", "preference",
    "preferred", "decision",
    *PLAIN_JA,
    "评分", "評分", "得分", "分数", "分數", "判断", "打分", "评价", "結論", "结论", "胜者",
    "점수", "평점", "평가", "채점", "판정", "등급", "승자",
    "bewertung", "punktzahl", "urteil", "évaluation", "puntuación", "calificación", "puntaje", "valoración",
    "评级", "оценка", "điểm", "skor", "pontuação", "avaliação", "valutazione", "punteggio",
)  # fmt: skip
"""They speak of the whole answer only where no other word qualifies them ("accuracy score" is a part of it)."""

WITH_UNIT = ("回答", "解答")
"""They announce a score only where a unit follows the number: a quoted answer may be a number too."""

COMMA_STEMS = (
    "gesamt", "end", "bewert", "punkt", "urteil", "not", "éval", "score final", "puntu", "punta", "califi",
    "valora", "pontua", "avalia", "valuta", "punte",
)  # fmt: skip
WITH_LIMIT = ("note", "nota", "mark", "marks", "total", "choice")
"""Words with other uses: they announce a score only where the number says out of what, or ends its line."""

DECIMAL_COMMA = frozenset(label for label in (*OVERALL, *PLAIN, *WITH_LIMIT) if label.startswith(COMMA_STEMS))
"""Labels of languages that write 8,5 where others write 8.5."""

QUALIFIERS = (
    "the", "my", "a", "an", "its", "your", "this", "so", "thus", "therefore", "hence", "and", "is", "assigned", "given",
    "numeric", "numerical", "final", "overall", "total", "assistant's", "answer's", "response's",
    "la", "le", "die", "meine", "ma", "mi", "sua",
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
    "나의",
    "제",
    "답변의",
    "답변에 대한",
)
"""Words before a plain label that leave it speaking of the whole answer."""

JSON_KEYS = frozenset(
    word
    for label in (*OVERALL, *PLAIN, "overall", "final", "choice", "better", "preferred", "总体", "総合")
    for word in (label, label.replace(" ", "_"), label.replace(" ", ""), label.replace(" ", "-"))
)
OVERALL_KEYS = frozenset(
    word
    for label in (*OVERALL, "overall", "final")
    for word in (label, label.replace(" ", "_"), label.replace(" ", ""))
)
"""Keys that win over the other ones of the same object."""

SIDES = (
    "assistant", "output", "response", "answer", "model", "option", "candidate", "system", "summary", "completion",
    "text", "translation",
    "アシスタント", "回答", "応答", "出力", "モデル", "助手", "答案", "模型", "输出", "选项",
    "어시스턴트", "답변", "응답", "모델",
)  # fmt: skip
"""What the two texts of a pair are called, before their letter or number."""

TIES = (
    "tie", "draw", "tied", "a tie", "a draw", "equal", "引き分け", "同点", "同等", "互角",
    "平局", "平手", "相当", "무승부", "동점",
)  # fmt: skip
"""What a verdict says instead of a side."""

CONCLUDING = (
    r"\btherefore\b", r"\bthus\b", r"\bhence\b", r"\bconsequently\b", r"\boverall\b", r"\bultimately\b",
    r"\bin (?:conclusion|summary)\b", r"\bto conclude\b", r"\bi conclude\b",
    r"\bfinal (?:verdict|decision|judge?ment)\b",
    "したがって", "従って", "よって", "以上", "結論", "総合", "因此", "所以", "综上", "总的来说", "结论",
    "따라서", "결론", "종합",
)  # fmt: skip
"""Words that begin a conclusion."""
