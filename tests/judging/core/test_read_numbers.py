"""Numbers of judges in other protocols and languages, on a scale from 1 to 10."""

import pytest

from judging.core.extraction import read_text
from judging.core.scales import Criterion, Scale
from judging.core.verdicts import Unscored

CRITERION = Criterion("", Scale(1, 10))


def word(text: str) -> object:
    """The value or score that is read, or the reason why there is none."""
    reading = read_text(text, CRITERION)
    if isinstance(reading, Unscored):
        return reading.reason.value
    return reading.value if reading.score is None else reading.score


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("### Feedback: good [RESULT] 4", 4),
        ("Feedback: ok (Score: 8)", 8),
        ("**Final Rating: 8/10**", 8),
        ("So $\\boxed{8}$", 8),
        ("\\boxed{\\text{8/10}}", 8),
        ("<score>\n8\n</score>", 8),
        ('{"evaluation":{"score":8,"why":"x"}}', 8),
        ('[{"score":8}]', 8),
        ('{"score":"8"}', 8),
        ('{"score":[8]}', 8),
        ('{"overall":{"score":4},"a":{"score":5}}', 4),
        ('{"final_score": 8, "score": 3}', 8),
        ("<|channel|>analysis<|message|>maybe [[3]]<|end|><|start|>assistant<|channel|>final<|message|>Score: 8", 8),
        ("analysisWe think 3.assistantfinalScore: 8", 8),
        ("[THINK]Score: 3[/THINK]Score: 8", 8),
        ("◁think▷Score: 3◁/think▷Score: 8", 8),
        ("Score: 8\n<think>Hmm, score: 3", 8),
        ("The <think> tag is explained. Score: 8", 8),
        ("I cannot rate it a 10. I rate it an 8.", 8),
        ("The final score of this answer is 8.", 8),
        ("Final score of 8/10", 8),
        ("I give a score of 8.", 8),
        ("Score (1-10): 8", 8),
        ("Score (out of 10): 8", 8),
        ("Score = 8", 8),
        ("Overall rating: 8 out of 10.", 8),
        ("점수: 8점", 8),
        ("평가: [[8]]", 8),
        ("최종 점수: 8/10", 8),
        ("8점", 8),
        ("이 답변에 8점을 부여합니다.", 8),
        ("평점: 8.5", 8.5),
        ("총점: 10점 만점에 8점", 8),
        ("따라서 이 답변은 8점입니다.", 8),
        ("评分：８分", 8),
        ("最终得分：8", 8),
        ("我给这个回答打8分。", 8),
        ("综合评分：8/10", 8),
        ("评分：[[8]]", 8),
        ("满分10分，得分：8分", 8),
        ("总体评分为8分", 8),
        ("得分为 8 分。", 8),
        ("因此我的评分是：8", 8),
        ("Bewertung: 8", 8),
        ("Gesamtbewertung: 8 von 10", 8),
        ("Punktzahl: 8,5", 8.5),
        ("Gesamtpunktzahl: 8/10 Punkten", 8),
        ("Note : 8/10", 8),
        ("Note finale : 8,5/10", 8.5),
        ("Évaluation : 8 sur 10", 8),
        ("Puntuación: 8", 8),
        ("Calificación final: 8 de 10", 8),
        ("Puntaje: 8,5", 8.5),
        ("Nota: 8", 8),
        ("Note: 3 of the claims are wrong. Score: 8", 8),
        ("Criteria: 1. relevance (10) 2. accuracy (10).\nScore 10: perfect. Score 1: bad.\nScore: 8", 8),
        ("10: perfect\n5: mediocre\nRating: 8", 8),
        ("Step 1: Score 3. Step 2.\n[[8]]", 8),
        ("Score: 8\nConfidence: 9", 8),
        ("Score: [8]", 8),
        ("**Score**: **8**", 8),
        ("Score:\n\n**8**", 8),
        ("Score -> 8", 8),
        ("| Score | 8 |", 8),
        ("Rating: 8 ★", 8),
        ("<rating>8/10</rating>", 8),
        ("<answer><score>8</score></answer>", 8),
        ("Final verdict: 8", 8),
        ("8/10", 8),
        ("8 / 10 points", 8),
        ("The answer deserves 8 points.", 8),
        ("I'd score this response 8 out of 10.", 8),
        ("[[8]]/10", 8),
        ("FINAL SCORE: １０", 10),
        ("総合評価：８／１０", 8),
        ("評価: 8.5/10点", 8.5),
        ("最終スコア：8", 8),
        ("得点は8点です。", 8),
        ("10点満点で8点です。", 8),
        ("10点満点で8点", 8),
        ("Rating: 10.0", 10),
        ("Score: 8.", 8),
        ("Score: 8,", 8),
        ("score:8", 8),
        ("Score: 5.5 - the answer is fine", 5.5),
        ("Total: 8", 8),
        ("Total score: 5+3=8", 8),
        ("Sum: 3+5 = 8. Final score: 8", 8),
        ("The total rating: 4 + 4 = 8 / 10", 8),
        ("Rating: 3 (of 10)", 3),
        ("Score: 8 (previously 6)", 8),
        ("Mark: 8/10", 8),
        ("Grade: 8", 8),
    ],
)
def test_reads_the_number_that_a_person_would_read(text: str, score: float) -> None:
    assert word(text) == score


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a":{"score":3},"b":{"score":5}}', "ambiguous"),
        ("<|channel|>analysis<|message|>Score: 3", "no_verdict"),
        ("I would give it a 7 or 8.", "ambiguous"),
        ("I would give it a 7 or an 8.", "ambiguous"),
        ("I'd rate it between 7 and 8.", "ambiguous"),
        ("Somewhere between a 7 and an 8.", "ambiguous"),
        ("Rating: 7-8", "ambiguous"),
        ("Rating: between 7 and 8", "ambiguous"),
        ("Score: 7 to 8", "ambiguous"),
        ("Score: 4/5", "off_scale"),
        ("Score: 80%", "off_scale"),
        ("I give it 4/5.", "off_scale"),
        ("This is not a 10.", "no_verdict"),
        ("I would not give it a 10.", "no_verdict"),
        ("Score: eight", "no_verdict"),
        ("评分：7到8分", "ambiguous"),
        ("Please note: 3 things are wrong.", "no_verdict"),
        ("Rating: ⭐8", "no_verdict"),
        ("Rating: [[8]] or [[9]]", "ambiguous"),
        ("評価: A", "no_verdict"),
        ("Score: N/A", "no_verdict"),
        ("Score: 1e1", "no_verdict"),
    ],
)
def test_says_why_there_is_no_number(text: str, reason: str) -> None:
    assert word(text) == reason
