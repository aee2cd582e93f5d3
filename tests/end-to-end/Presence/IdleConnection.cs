using System.IO.Pipelines;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.Gateway;

namespace OrleansChat.EndToEnd.Tests.Presence;

/// <summary>Makes connections on which nothing is ever said.</summary>
internal static class IdleConnection
{
    public static ChatConnection Create(string id)
    {
        var pipe = new Pipe();
        return new ChatConnection(id, TestConnection.Over(pipe.Reader, pipe.Writer), TestConnection.Services());
    }
}
