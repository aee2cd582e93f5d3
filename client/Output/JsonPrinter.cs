using OrleansChat.Client.Terminal;
using OrleansChat.Client.Wire;
using OrleansChat.Terminal;

namespace OrleansChat.Client.Output;

/// <summary>The server's JSON as it came, one reply a line: what scripts read.</summary>
internal sealed class JsonPrinter(ITerminal terminal) : IReplyPrinter
{
    public void Print(ChatCommand command, string user, Reply reply) => terminal.WriteLine(SafeText.ForJson(reply.Json));
}
