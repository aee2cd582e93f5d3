using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using OrleansChat.Gateway;

namespace OrleansChat.EndToEnd.Tests.Presence;

/// <summary>Makes connections on which nothing is ever said.</summary>
internal static class IdleConnection
{
    public static ChatConnection Create(string id)
    {
        var pipe = new Pipe();
        return new ChatConnection(id, new DefaultConnectionContext(id) { Transport = new Duplex(pipe.Reader, pipe.Writer) }, null!);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
