"""What tokens cost by public price lists."""

from pydantic_ai.messages import ModelResponse
from pydantic_ai.usage import RequestUsage

from jobs.domain.budget import Spend, spend_of


def priced(model: str, *, api: str, sent: int, received: int, cached: tuple[int, int] = (0, 0)) -> Spend:
    """One call of a model at an address; `cached`: tokens read from and written to a cache."""
    usage = RequestUsage(
        input_tokens=sent, output_tokens=received, cache_read_tokens=cached[0], cache_write_tokens=cached[1]
    )
    return spend_of(ModelResponse(parts=[], usage=usage, model_name=model, provider_url=api))
