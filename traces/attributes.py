"""Names of span attributes: OpenTelemetry's GenAI conventions (v1.41) and ours under ``flywheel.``."""

from __future__ import annotations

# GenAI semantic conventions, v1.41.0
OPERATION = "gen_ai.operation.name"  # invoke_agent | chat | execute_tool
PROVIDER = "gen_ai.provider.name"
AGENT_NAME = "gen_ai.agent.name"
AGENT_VERSION = "gen_ai.agent.version"
CONVERSATION = "gen_ai.conversation.id"
SYSTEM_INSTRUCTIONS = "gen_ai.system_instructions"
TOOL_DEFINITIONS = "gen_ai.tool.definitions"
REQUEST_MODEL = "gen_ai.request.model"
RESPONSE_MODEL = "gen_ai.response.model"
RESPONSE_ID = "gen_ai.response.id"
FINISH_REASONS = "gen_ai.response.finish_reasons"
INPUT_TOKENS = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
CACHED_TOKENS = "gen_ai.usage.cache_read.input_tokens"  # part of the input tokens
REASONING_TOKENS = "gen_ai.usage.reasoning.output_tokens"  # part of the output tokens
INPUT_MESSAGES = "gen_ai.input.messages"  # a JSON string: [{"role", "parts": [{"type", ...}]}]
OUTPUT_MESSAGES = "gen_ai.output.messages"
TOOL_NAME = "gen_ai.tool.name"
TOOL_CALL_ID = "gen_ai.tool.call.id"
TOOL_ARGUMENTS = "gen_ai.tool.call.arguments"  # a JSON string
TOOL_RESULT = "gen_ai.tool.call.result"  # text as the agent saw it from the tool
ERROR_TYPE = "error.type"
EVALUATION_NAME = "gen_ai.evaluation.name"
EVALUATION_LABEL = "gen_ai.evaluation.score.label"
EVALUATION_SCORE = "gen_ai.evaluation.score.value"
EVALUATION_EXPLANATION = "gen_ai.evaluation.explanation"

# Ours. Supervisors, receivers and importers write them; foreign spans that claim them are filed under ``foreign.``
PREFIX = "flywheel."
OUTCOME = "flywheel.outcome"  # an Outcome value, on the root
PROVENANCE = "flywheel.outcome.provenance"  # who says so, where it was no supervisor: "harbor:reward"
SOURCE = "flywheel.import.source"  # the format or agent that a foreign run came from, on its root
SOURCE_TRACE = "flywheel.import.trace_id"  # where a span was moved to another trace: the one it came with
SOURCE_SPAN = "flywheel.import.span_id"  # the id it came with
ASIDE = "flywheel.import.aside"  # why a model call counts for nothing, such as "title": a chat span without the operation
REASON = "flywheel.reason"  # machine-readable cause of the ending, on the root
SCORE = "flywheel.score"  # 0..1, on the root
CAUSE = "flywheel.verifier.cause"  # the verifier's terminal cause, on the root
RUN_KEY = "flywheel.run.key"  # the same for all attempts
RUN_ATTEMPT = "flywheel.run.attempt"  # 1, 2, 3
RUN_SEED = "flywheel.run.seed"
RUN_DIGEST = "flywheel.run.digest"  # hash of what was said and done: equal digests did not diverge
RUN_STEPS = "flywheel.run.steps"  # model calls
RUN_SECONDS = "flywheel.run.seconds"  # by the run's own clock (virtual for a simulated model)
RUN_COST = "flywheel.run.cost_usd"
ISOLATION = "flywheel.run.isolation"  # "namespace" | "directory" | "docker"
SIMULATED = "flywheel.simulated"
IN_FLIGHT = "flywheel.run.in_flight"  # the limit in force
TASK = "flywheel.task"
GROUP = "flywheel.group"
SUITE = "flywheel.suite"
SPLIT = "flywheel.split"
ARM = "flywheel.arm"  # control | candidate | mine
EXPERIMENT = "flywheel.experiment"
HARNESS_NAME = "flywheel.harness.name"
HARNESS_COMMIT = "flywheel.harness.commit"
HARNESS_TREE = "flywheel.harness.tree"
REASONING_EFFORT = "flywheel.request.reasoning_effort"  # in effect, on a chat span
PROMPT_HASH = "flywheel.request.prompt_sha256"  # of the system prompt, on a chat span
TOOLS_HASH = "flywheel.request.tools_sha256"  # of the tool schemas, on a chat span
LIMITS_HASH = "flywheel.limits_sha256"  # of the limits in force, on the root
EXIT_CODE = "flywheel.tool.exit_code"
CLAIM = "flywheel.claim"  # true on what the agent process says of itself
ACTIVATED = "flywheel.middleware.activated"  # event name
ACTIVATED_NAME = "flywheel.middleware.name"
ACTIVATED_REASON = "flywheel.middleware.reason"
RUN_STARTED = "flywheel.run.started"  # name of the first span of a run
EVALUATION_SPAN = "flywheel.evaluation"  # name of an evaluation's span, linked to the run
