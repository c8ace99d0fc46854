"""Asks `seawall mcp` with the client that the protocol's own authors keep, and prints what it was told as JSON."""
import asyncio
import json
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def ask(program, arguments, questions):
    server = StdioServerParameters(command=program, args=arguments)
    async with stdio_client(server) as (read, write):
        async with ClientSession(read, write) as session:
            await session.initialize()
            listed = await session.list_tools()
            answers = []
            for tool, parameters in questions:
                try:
                    # The client holds what it gets against the schema that the tool states.
                    answer = await session.call_tool(tool, parameters)
                    dumped = answer.model_dump(mode="json", by_alias=True)
                    answers.append({"error": bool(dumped.get("isError")), "told": dumped.get("structuredContent")})
                except Exception as error:  # noqa: BLE001: what the test asks about
                    answers.append({"refused": str(error)})
            tools = [tool.model_dump(mode="json", by_alias=True) for tool in listed.tools]
            return {"tools": tools, "answers": answers}


print(json.dumps(asyncio.run(ask(sys.argv[1], sys.argv[2:-1], json.loads(sys.argv[-1])))))
