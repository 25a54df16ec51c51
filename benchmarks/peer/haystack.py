"""Haystack: its in-memory store, embedding and BM25 retrievers joined by reciprocal ranks."""

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore

from benchmarks.peer.protocol import PASSAGE, QUERY, Answer, main

try:
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )
except ImportError:
    from haystack.components.embedders import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )


def build(model: str, passages: list[str]) -> Answer:
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    embedder = SentenceTransformersDocumentEmbedder(
        model=model, prefix=PASSAGE, progress_bar=False, normalize_embeddings=True
    )
    embedder.warm_up()
    documents = [Document(id=str(number), content=text) for number, text in enumerate(passages)]
    store.write_documents(embedder.run(documents)["documents"])
    pipeline = Pipeline()
    question_embedder = SentenceTransformersTextEmbedder(
        model=model, prefix=QUERY, progress_bar=False, normalize_embeddings=True
    )
    pipeline.add_component("embed", question_embedder)
    pipeline.add_component("dense", InMemoryEmbeddingRetriever(store, top_k=5))
    pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=5))
    pipeline.add_component("join", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
    pipeline.connect("embed.embedding", "dense.query_embedding")
    pipeline.connect("dense", "join")
    pipeline.connect("words", "join")
    pipeline.warm_up()

    def answer(question: str) -> int:
        found = pipeline.run({"embed": {"text": question}, "words": {"query": question}})
        return int(found["join"]["documents"][0].id)

    return answer


if __name__ == "__main__":
    main(build)
