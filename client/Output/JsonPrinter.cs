using OrleansChat.Client.Terminal;
using OrleansChat.Client.Wire;
using OrleansChat.Terminal;

namespace OrleansChat.Client.Output;

/// <summary>Prints the server's JSON unchanged, one reply per line, for scripts.</summary>
internal sealed class JsonPrinter(ITerminal terminal) : IReplyPrinter
{
    public void Print(ChatCommand command, string user, Reply reply) => terminal.WriteLine(SafeText.ForJson(reply.Json));
}
