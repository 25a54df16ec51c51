"""LlamaIndex: its in-memory vector store beside BM25, fused by reciprocal ranks."""

from llama_index.core import VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever

from benchmarks.peer.protocol import PASSAGE, QUERY, Answer, main


def build(model: str, passages: list[str]) -> Answer:
    embedding = HuggingFaceEmbedding(
        model_name=model,
        query_instruction=QUERY,
        text_instruction=PASSAGE,
        embed_batch_size=32,
        device="cpu",
    )
    nodes = [TextNode(id_=str(number), text=text) for number, text in enumerate(passages)]
    dense = VectorStoreIndex(nodes, embed_model=embedding).as_retriever(similarity_top_k=5)
    words = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=5)
    both = QueryFusionRetriever(
        [dense, words],
        llm=MockLLM(),
        num_queries=1,
        similarity_top_k=5,
        mode="reciprocal_rerank",
        use_async=False,
    )

    def answer(question: str) -> int:
        return int(both.retrieve(question)[0].node.node_id)

    return answer


if __name__ == "__main__":
    main(build)
