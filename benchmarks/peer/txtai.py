"""txtai: dense and sparse index, its own hybrid search."""

from txtai import Embeddings

from benchmarks.peer.protocol import PASSAGE, QUERY, Answer, main


def build(model: str, passages: list[str]) -> Answer:
    embeddings = Embeddings(
        path=model,
        hybrid=True,
        instructions={"query": QUERY, "data": PASSAGE},
        content=False,
        gpu=False,
    )
    embeddings.index((number, text, None) for number, text in enumerate(passages))

    def answer(question: str) -> int:
        return int(embeddings.search(question, 5)[0][0])

    return answer


if __name__ == "__main__":
    main(build)
