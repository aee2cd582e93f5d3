using System.IO.Pipelines;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Sessions;

namespace OrleansChat.Gateway.Tests.Sessions;

/// <summary>Makes clients who ask for nothing.</summary>
internal static class IdleClient
{
    public static ClientSession Create(string id)
    {
        var pipe = new Pipe();
        var client = ClientConnection.Unlimited(TestConnection.Over(pipe.Reader, pipe.Writer), TimeProvider.System);
        return new ClientSession(id, client, () => false, TestConnection.Services(), CancellationToken.None);
    }
}
