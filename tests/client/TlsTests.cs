using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansChat.Client.Tests;

/// <summary>Who answers must prove to be the host, unless the user says otherwise.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly ClientRun _run = new();
    private readonly X509Certificate2 _certificate = Make(names => names.AddIpAddress(IPAddress.Loopback));

    private string Authorities => Path.Combine(_run.StateFolder, "authorities.pem");

    public void Dispose()
    {
        _certificate.Dispose();
        _run.Dispose();
    }

    [Fact]
    public async Task A_server_whose_certificate_is_trusted_is_spoken_with_and_the_end_is_in_order()
    {
        await using var server = Serve(_certificate);
        Trust(_certificate);

        Assert.Equal(ExitCode.Ok, await SendAsync(server, new FakeTerminal(), "--tls", "--tls-ca", Authorities));

        await server.ConnectionEndedAsync();
        Assert.Equal([$"send {ClientRun.Token} henderson  halo \r\n", "FIN"], server.Events);
    }

    [Fact]
    public async Task A_server_whose_certificate_is_not_trusted_is_told_nothing()
    {
        await using var server = Serve(_certificate);
        var terminal = new FakeTerminal();

        Assert.Equal(ExitCode.Unreachable, await SendAsync(server, terminal, "--tls"));

        await server.ConnectionEndedAsync();
        Assert.Empty(server.Lines);
        Assert.StartsWith(
            $"Cannot reach the server at 127.0.0.1:{server.Port}: TLS: ", Assert.Single(terminal.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trusted_certificate_for_another_host_is_not_enough()
    {
        using var other = Make(names => names.AddDnsName("elsewhere.example"));
        await using var server = Serve(other);
        Trust(other);

        Assert.Equal(ExitCode.Unreachable, await SendAsync(server, new FakeTerminal(), "--tls", "--tls-ca", Authorities));

        await server.ConnectionEndedAsync();
        Assert.Empty(server.Lines);
    }

    [Fact]
    public async Task Whoever_wants_no_proof_gets_none()
    {
        await using var server = Serve(_certificate);

        Assert.Equal(ExitCode.Ok, await SendAsync(server, new FakeTerminal(), "--tls-insecure"));
    }

    [Theory]
    [InlineData("--tls", "--tls-insecure")]
    [InlineData("--tls-ca", "/dev/null")]
    public async Task Options_that_contradict_each_other_are_refused(params string[] options)
    {
        await using var server = Serve(_certificate);

        Assert.Equal(ExitCode.Usage, await SendAsync(server, new FakeTerminal(), options));
    }

    [Fact]
    public async Task A_server_that_does_not_speak_TLS_is_said_so()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var terminal = new FakeTerminal();

        var running = _run.RunAsync(terminal, ((IPEndPoint)listener.LocalEndpoint).Port, "--tls-insecure", "inbox");
        using var socket = await listener.AcceptSocketAsync().WaitAsync(ScriptedServer.Safety);
        await socket.SendAsync("{\"status\": \"ERROR\", \"message\": \"**Protocol Tidak Benar\"}\r\n\r\n"u8.ToArray());

        Assert.Equal(ExitCode.Unreachable, await running);
        Assert.EndsWith(": the server does not speak TLS on this port.", Assert.Single(terminal.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_certificates_is_refused()
    {
        await using var server = Serve(_certificate);
        await File.WriteAllTextAsync(Authorities, "nothing");

        Assert.Equal(ExitCode.LocalFailure, await SendAsync(server, new FakeTerminal(), "--tls", "--tls-ca", Authorities));
    }

    private static ScriptedServer Serve(X509Certificate2 certificate) => new(ClientRun.Sent) { Certificate = certificate };

    private static X509Certificate2 Make(Action<SubjectAlternativeNameBuilder> name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        name(names);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private void Trust(X509Certificate2 certificate) => File.WriteAllText(Authorities, certificate.ExportCertificatePem());

    private Task<ExitCode> SendAsync(ScriptedServer server, FakeTerminal terminal, params string[] options)
    {
        _run.KeepToken(server.Port);
        return _run.RunAsync(terminal, server.Port, [.. options, "send", "henderson", "halo"]);
    }
}
