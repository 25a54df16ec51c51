"""A question with several parts is split where its parts are, and nowhere else."""

import pytest

from rag.answering.conversation.parts import split_question


def labels(question: str) -> tuple[str, ...]:
    split = split_question(question)
    return split.labels if split is not None else ()


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("青禾和白桥哪个镇新增就业人数更多？", ("青禾", "白桥")),
        ("比较青禾与白桥的新增就业", ("青禾", "白桥")),
        ("比较青禾和石湾新增就业人数", ("青禾", "石湾")),
        ("青禾新增就业和创业各多少人？", ("就业", "创业")),
        ("比较 Sailmaker 和 Reef 的启动命令", ("Sailmaker", "Reef")),
        ("比较Reef与Sailmaker的启动命令", ("Reef", "Sailmaker")),
        ("青禾、白桥和石湾分别新增就业多少人？", ("青禾", "白桥", "石湾")),
        ("Which has more jobs, Panjin or Paris?", ("Panjin", "Paris")),
        ("Panjin or Paris: which has more jobs?", ("Panjin", "Paris")),
        ("Compare Winter Bees and Salt Roads", ("Winter Bees", "Salt Roads")),
        ("Compare the prices of the mill and the tannery", ("the mill", "the tannery")),
        ("Compara el horario del faro y del molino", ("del faro", "del molino")),
        ("Comparez les horaires du phare et du moulin", ("du phare", "du moulin")),
        ("Compara o horário do farol e do moinho", ("do farol", "do moinho")),
        (
            "¿Cuánto mide el faro y cuánto cuesta el molino?",
            ("Cuánto mide el faro", "cuánto cuesta el molino?"),
        ),
        ("Which opens earlier, the mill or the tannery?", ("the mill", "the tannery")),
        ("Were they Alma, Bruno and Cleo?", ("Alma", "Bruno", "Cleo")),
        ("When does it open, and how much is it?", ("When does it open", "how much is it?")),
        ("渡口几点开？谁管？", ("渡口几点开？", "谁管？")),
        ("Was kosten die Mühle und die Gerberei jeweils?", ("die Mühle", "die Gerberei")),
        ("¿Qué abre antes, el faro o el molino?", ("el faro", "el molino")),
        ("德意志民主共和國和法國哪個更大？", ("德意志民主共和國", "法國")),
        ("比较法国与德意志联邦共和国的人口", ("法国", "德意志联邦共和国")),
        ("盛岡と弘前の来場者はそれぞれ何人ですか？", ("盛岡", "弘前")),
        ("서울과 부산의 인구는 각각 얼마인가요?", ("서울", "부산")),
    ],
)
def test_parts_are_found(question: str, parts: tuple[str, ...]) -> None:
    assert labels(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "How many jobs did Panjin create?",
        "Who sells bread and butter?",
        "What are the opening hours and prices of the pool?",
        "Who founded and who closed the mill?",
        "Which player got a penalty, which gave a new set of downs?",
        "Hello! When does the palm house close?",
        "盘锦市新增创业多少人？",
        "幾何光學，又稱為什麼？",
        "1979年多少选民未能参与投票？",
        "Is a number prime or not?",
        "和平的定义",
        "德意志民主共和國是什麼時候成立的？",
        "饱和溶液分别是什么？",
        "and",
        "和",
        "A、、、、B",
        "",
    ],
)
def test_one_part_is_left_whole(question: str) -> None:
    assert labels(question) == ()


def test_each_part_is_asked_without_what_compares() -> None:
    split = split_question("盘锦和临河哪个城市新增就业人数更多？")
    assert split is not None
    assert split.questions == ("盘锦 城市新增就业人数 多？", "临河 城市新增就业人数 多？")
    assert split.compares


def test_things_joined_by_the_way_are_not_compared() -> None:
    split = split_question("How many jobs did Panjin and Linhe create?")
    assert split is not None
    assert not split.compares
    assert split.questions[1] == "How many jobs did Linhe create?"
