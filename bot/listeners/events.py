"""What Slack tells without being asked."""

from slack_sdk.web.async_client import AsyncWebClient

from bot import say
from bot.payload import Payload


async def answer_mention(event: Payload, client: AsyncWebClient) -> None:
    """Say how to ask for a change to whoever mentions the bot, seen by them only."""
    thread = {"thread_ts": str(event["thread_ts"])} if event.get("thread_ts") else {}
    await client.chat_postEphemeral(
        channel=event["channel"], user=event["user"], text=say.answer("mention"), **thread
    )
