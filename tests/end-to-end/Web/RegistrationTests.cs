using System.Net.Http.Json;
using System.Text.Json;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.Limits;

namespace OrleansChat.EndToEnd.Tests.Web;

/// <summary>New users, where the operator lets them in.</summary>
public sealed class RegistrationTests
{
    [Fact]
    public async Task Where_it_is_open_anybody_registers_and_uses_every_door_but_not_without_end()
    {
        await using var world = await World.StartAsync("open", "--registrations-per-address", "2");
        var (status, first) = await world.RegisterAsync("ronaldo");
        Assert.Equal((201, "ronaldo"), (status, first.GetProperty("user").GetString()));
        using var web = await WebUser.OpenAsync(world.Service, "ronaldo", first.GetProperty("token").GetString()!);
        var text = await world.Service.LogInAsync("messi");
        await web.SendAsync("messi", "hello");
        Assert.Contains("Ronaldo", await text.AskAsync("inbox"), StringComparison.Ordinal);
        await world.Service.LogInAsync("ronaldo");

        Assert.Equal("exists", await world.CodeAsync("ronaldo"));
        Assert.Equal("exists", await world.CodeAsync("messi"));
        Assert.Equal("bad-request", await world.CodeAsync("Ronaldo"));
        Assert.Equal(201, (await world.RegisterAsync("zidane")).Status);
        Assert.Equal("too-many", await world.CodeAsync("kaka"));
        Assert.Equal(1, world.Service.CountOf(LimitNames.Registrations));
        var server = await world.Http.GetFromJsonAsync<JsonElement>("server");
        Assert.Equal("open", server.GetProperty("registration").GetString());
    }

    [Fact]
    public async Task By_invitation_those_come_in_whom_a_user_has_invited()
    {
        await using var world = await World.StartAsync("invite");
        using var host = await WebUser.LogInAsync(world.Service, "messi");
        Assert.Equal("forbidden", await world.CodeAsync("ronaldo"));
        Assert.Equal("forbidden", await world.CodeAsync("messi"));
        Assert.Equal("forbidden", await world.CodeAsync("ronaldo", "guess"));
        Assert.Equal("bad-request", await host.CodeAsync("POST", "invitations", new { uses = 0 }));

        var code = (await host.AskAsync("POST", "invitations", new { uses = 1 })).GetProperty("invitation").GetString();

        Assert.Equal("exists", await world.CodeAsync("messi", code));
        Assert.Equal(201, (await world.RegisterAsync("ronaldo", code)).Status);
        Assert.Equal("forbidden", await world.CodeAsync("zidane", code));
    }

    [Fact]
    public async Task With_an_invitation_into_a_room_a_new_user_is_a_member_at_once()
    {
        await using var world = await World.StartAsync("invite");
        using var host = await WebUser.LogInAsync(world.Service, "messi");
        var room = await RoomTalk.CreateAsync(host);
        var code = (await host.AskAsync("POST", "invitations", new { room })).GetProperty("invitation").GetString();

        var (status, json) = await world.RegisterAsync("ronaldo", code);

        Assert.Equal(201, status);
        using var guest = await WebUser.OpenAsync(world.Service, "ronaldo", json.GetProperty("token").GetString()!);
        Assert.Equal("member", RoomTalk.Text(await guest.AskAsync("GET", $"rooms/{room}"), "role"));
        await guest.SayAsync(room, "hello");
        Assert.Equal("forbidden", await world.CodeAsync("zidane", code));
    }

    [Fact]
    public async Task By_default_nobody_registers_or_invites_but_into_rooms()
    {
        await using var world = await World.StartAsync("closed");
        using var host = await WebUser.LogInAsync(world.Service, "messi");
        var room = await RoomTalk.CreateAsync(host);
        var code = (await host.AskAsync("POST", "invitations", new { room })).GetProperty("invitation").GetString();
        Assert.Equal("forbidden", await world.CodeAsync("ronaldo", code));
        Assert.Equal("forbidden", await world.CodeAsync("ronaldo"));
        Assert.Equal("forbidden", await host.CodeAsync("POST", "invitations", new { }));
    }

    private sealed class World(ChatService service) : IAsyncDisposable
    {
        public ChatService Service => service;

        public HttpClient Http { get; } = new() { BaseAddress = service.Web };

        public static async Task<World> StartAsync(string registration, params string[] arguments)
        {
            var service = new ChatService { HasWeb = true, Arguments = ["--registration", registration, .. arguments] };
            await service.InitializeAsync();
            return new World(service);
        }

        public async Task<(int Status, JsonElement Json)> RegisterAsync(string user, string? invitation = null)
        {
            var name = string.Concat(user[..1].ToUpperInvariant(), user.AsSpan(1));
            using var reply = await Http.PostAsJsonAsync("accounts", new { user, name, password = ChatService.Password, invitation });
            return ((int)reply.StatusCode, await reply.Content.ReadFromJsonAsync<JsonElement>());
        }

        public async Task<string?> CodeAsync(string user, string? invitation = null)
        {
            var (_, json) = await RegisterAsync(user, invitation);
            return json.GetProperty("code").GetString();
        }

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            await service.DisposeAsync();
        }
    }
}
