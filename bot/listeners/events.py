"""What Slack tells without being asked."""

from slack_sdk.web.async_client import AsyncWebClient

from bot import say
from bot.payload import Payload


async def answer_mention(event: Payload, client: AsyncWebClient) -> None:
    """Say how to ask for a change to whoever mentions the bot, seen by them only."""
    await client.chat_postEphemeral(
        channel=event["channel"],
        user=event["user"],
        text=say.answer("mention"),
        thread_ts=event.get("thread_ts"),
    )
