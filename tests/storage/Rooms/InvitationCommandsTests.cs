using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;

namespace OrleansChat.Storage.Tests.Rooms;

/// <summary>What operators see of invitations, and what an export has of them.</summary>
public sealed class InvitationCommandsTests(InvitationWorld world) : IClassFixture<InvitationWorld>
{
    private readonly RoomWorld _rooms = world.Rooms;

    [Fact]
    public async Task They_are_listed_without_their_codes_and_withdrawn_by_their_numbers()
    {
        var (maker, guest) = (await _rooms.PersonAsync(), await _rooms.PersonAsync());
        var room = await _rooms.RoomAsync(maker);
        var (code, other) = (SecretCode.New(), SecretCode.New());
        var expires = new DateTimeOffset(DateTimeOffset.UtcNow.Date.AddDays(3).AddMinutes(61), TimeSpan.Zero);
        await world.Registrations.InviteAsync(maker.Session, SecretCode.DigestOf(code), 2, expires, room.Name);
        await world.Registrations.InviteAsync(maker.Session, SecretCode.DigestOf(other), 1, expires);

        var (result, listed) = await RunAsync("list");

        Assert.Equal(0, result);
        var lines = listed.Split('\n').Where(line => line.Contains($"by {maker.Name} ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, lines.Length);
        var (first, second) = (lines[0].Split("  ")[0], lines[1].Split("  ")[0]);
        Assert.Equal($"{first}  by {maker.Name}  #{room.Name}  2 uses left  expires {expires:yyyy-MM-dd} 01:01 UTC", lines[0]);
        Assert.Equal($"{second}  by {maker.Name}  to register  1 use left  expires {expires:yyyy-MM-dd} 01:01 UTC", lines[1]);
        foreach (var secret in new[] { code, SecretCode.DigestOf(code) })
            Assert.DoesNotContain(secret, listed, StringComparison.Ordinal);

        Assert.Equal((0, $"Invitation {first} opens nothing any more. Who has used it stays."), await RunAsync("withdraw", first));
        Assert.Equal(
            (1, $"orleanschat-admin: There is no invitation {first}. The command 'invitations list' shows those that there are."),
            await RunAsync("withdraw", first));
        Assert.Equal(RedemptionResult.NoInvitation, (await world.RedeemAsync(guest, SecretCode.DigestOf(code))).Result);
        Assert.Equal(1, await world.UsesAsync(SecretCode.DigestOf(other)));
    }

    [Fact]
    public async Task An_export_has_the_open_ones_of_the_user_without_their_codes()
    {
        var (maker, other) = (await _rooms.PersonAsync(), await _rooms.PersonAsync());
        var room = await _rooms.RoomAsync(maker);
        var open = await world.InviteAsync(maker, room, uses: 3);
        var used = await world.InviteAsync(maker, room);
        await world.RedeemAsync(other, used);
        await world.InviteAsync(other, await _rooms.RoomAsync(other));
        using var file = new MemoryStream();

        await new AccountExport(_rooms.Sql).WriteAsync(maker.Name, file);

        using var zip = new System.IO.Compression.ZipArchive(file);
        using var reader = new StreamReader(zip.GetEntry("invitations.jsonl")!.Open());
        var text = await reader.ReadToEndAsync();
        var line = Assert.Single(text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"\"room\":\"{room.Name}\",\"uses\":3,\"expiresAt\":\"20", line, StringComparison.Ordinal);
        Assert.DoesNotContain(open, text, StringComparison.Ordinal);
    }

    private Task<(int Code, string Output)> RunAsync(params string[] arguments) => AdminProgram.RunAsync(
        new() { ["Chat__Database"] = _rooms.People.Storage.Options.ConnectionString, ["LC_ALL"] = "C.UTF-8" }, [],
        ["invitations", .. arguments]);
}
