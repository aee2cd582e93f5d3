using System.IO.Pipelines;
using System.Text;
using OrleansChat.Gateway.Transport;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Gateway.Tests.Doors.Line;

/// <summary>What a client left behind that has gone: guesses and reads are work for nobody.</summary>
public sealed class BrokenConnectionTests
{
    [Theory]
    [InlineData("auth  guess", false)]
    [InlineData("inbox no-token", false)]
    [InlineData("listuser no-token", false)]
    [InlineData("logout no-token", true)]
    [InlineData("sendonce no-token id henderson text", true)]
    public Task A_login_or_a_read_is_not_answered_when_the_client_has_gone(string line, bool isAnswered) =>
        AssertAsync(line, endedInOrder: false, isAnswered);

    [Theory]
    [InlineData("auth  guess")]
    [InlineData("inbox no-token")]
    [InlineData("listuser no-token")]
    public Task Everything_is_answered_to_who_has_ended_in_order_and_listens(string line) =>
        AssertAsync(line, endedInOrder: true, isAnswered: true);

    private static async Task AssertAsync(string line, bool endedInOrder, bool isAnswered)
    {
        Pipe input = new(), output = new();
        var transport = TestConnection.Over(input.Reader, output.Writer);
        transport.Features.Set<ITransportProgress>(new Progress(endedInOrder));
        await input.Writer.WriteAsync(Encoding.ASCII.GetBytes($"{line}\r\n"));
        await input.Writer.CompleteAsync();

        await TestConnection.Lines(transport, TestConnection.Services()).RunAsync().WaitAsync(Waiting.Patience);

        await output.Writer.CompleteAsync();
        var read = await output.Reader.ReadAsync();
        Assert.Equal(isAnswered, read.Buffer.Length > 0);
    }

    private sealed class Progress(bool endedInOrder) : ITransportProgress
    {
        public bool TryRead(out TransportSample sample)
        {
            sample = new TransportSample(endedInOrder, Acknowledged: 0, Taken: 0, Received: 0);
            return true;
        }
    }
}
