"""The plain stack: sentence-transformers in fp32, a flat FAISS index, a loop."""

import faiss
from sentence_transformers import SentenceTransformer

from benchmarks.peer.protocol import PASSAGE, QUERY, Answer, main


def build(model: str, passages: list[str]) -> Answer:
    network = SentenceTransformer(model, local_files_only=True)
    texts = [PASSAGE + passage for passage in passages]
    vectors = network.encode(texts, prompt="", batch_size=32, normalize_embeddings=True)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)

    def answer(question: str) -> int:
        vector = network.encode([QUERY + question], prompt="", normalize_embeddings=True)
        return int(index.search(vector, 5)[1][0][0])

    return answer


if __name__ == "__main__":
    main(build)
