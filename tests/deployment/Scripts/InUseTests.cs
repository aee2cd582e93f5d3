using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OrleansChat.Deployment.Tests.Scripts;

/// <summary>Who is in the way of ./run is said before anything is built.</summary>
public sealed class InUseTests : IDisposable
{
    private readonly ScriptCheckout _checkout = new();

    public InUseTests() => _checkout.Replace("dotnet", "echo \"$@\" >>\"$CHECKOUT/calls\"");

    public void Dispose() => _checkout.Dispose();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task A_port_that_is_taken_is_refused_with_the_process_and_how_to_end_it(string address)
    {
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        foreach (var options in new[] { $"--port {port}", $"--port 1 --tls-port {port}", $"--port {port} --database Host=nowhere" })
        {
            var ended = await _checkout.RunAsync($"./run {options}");
            Assert.Equal(1, ended.Status);
            Assert.StartsWith(
                $"error: in use already: port {port}, by process {Environment.ProcessId} (", ended.Errors, StringComparison.Ordinal);
            Assert.EndsWith($"kill {Environment.ProcessId}\n", ended.Errors, StringComparison.Ordinal);
        }
        Assert.Equal("", _checkout.Read("calls"));
    }

    [Fact]
    public async Task A_port_with_connections_of_others_alone_is_free()
    {
        using var listener = new TcpListener(IPAddress.Parse("127.0.0.2"), 0);
        listener.Start();
        var ended = await _checkout.RunAsync(Take($"'' {((IPEndPoint)listener.LocalEndpoint).Port}"));
        Assert.Equal((0, ""), (ended.Status, ended.Errors));
    }

    [Fact]
    public async Task The_files_are_one_commands_which_is_named_alone_while_it_lives()
    {
        _checkout.WriteProgram("first", Take("data", then: "sleep 1000 & echo $!; read -r; kill %1"));
        using var first = _checkout.Start("exec ./first");
        var service = int.Parse((await first.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);

        var refused = await _checkout.RunAsync("./run --port 1 --data data");
        Assert.Equal(1, refused.Status);
        Assert.StartsWith($"error: in use already: the files in {_checkout.PathOf("data")}, by process {first.Id} (first).",
            refused.Errors, StringComparison.Ordinal);

        // As ./run ends by SIGKILL: what it has started goes on.
        first.Kill();
        await first.WaitForExitAsync();
        refused = await _checkout.RunAsync("./run --port 1 --data data");
        Assert.Equal(1, refused.Status);
        Assert.Contains($"by process {service} (sleep).", refused.Errors, StringComparison.Ordinal);
        Assert.EndsWith($"kill {service}\n", refused.Errors, StringComparison.Ordinal);

        var ended = await _checkout.RunAsync($"{refused.Errors.Split("in the way: ")[1]}tail --pid={service} -f /dev/null; {Take("data")}");
        Assert.Equal((0, ""), (ended.Status, ended.Errors));
        Assert.Equal("", _checkout.Read("calls"));
    }

    private static string Take(string arguments, string then = ":") =>
        $"set -euo pipefail; source scripts/common.sh; source scripts/in-use.sh; take {arguments}; {then}";
}
