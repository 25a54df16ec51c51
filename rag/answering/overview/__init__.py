"""Overviews of a topic: "Summarize the ferry", 总结一下盘锦的民生工作."""

from rag.answering.overview.asking import overview_topic
from rag.answering.overview.extract import OverviewWriter

__all__ = ["OverviewWriter", "overview_topic"]
