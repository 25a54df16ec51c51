"""Overviews of a topic: "Summarize the ferry", 总结一下盘锦的民生工作."""

from rag.answering.overview.asking import asks_overview_of_all, overview_topic
from rag.answering.overview.extract import OverviewWriter

__all__ = ["OverviewWriter", "asks_overview_of_all", "overview_topic"]
