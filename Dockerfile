# The programs, one target each: silo, gateway, admin. docker-compose.yml names them.

FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /src

# The packages are a layer of their own, made again only when a project file changes. ReadyToRun: compiled here for this processor, a
# program starts in three quarters of the time.
COPY Directory.Build.props Directory.Packages.props ./
COPY admin/OrleansChat.Admin.csproj admin/
COPY gateway/OrleansChat.Gateway.csproj gateway/
COPY gateway-program/OrleansChat.GatewayProgram.csproj gateway-program/
COPY grain-interfaces/OrleansChat.GrainInterfaces.csproj grain-interfaces/
COPY grains/OrleansChat.Grains.csproj grains/
COPY hosting/OrleansChat.Hosting.csproj hosting/
COPY identifiers/OrleansChat.Identifiers.csproj identifiers/
COPY limits/OrleansChat.Limits.csproj limits/
COPY protocol/OrleansChat.Protocol.csproj protocol/
COPY silo/OrleansChat.Silo.csproj silo/
COPY storage/OrleansChat.Storage.csproj storage/
COPY terminal/OrleansChat.Terminal.csproj terminal/
RUN dotnet restore silo --use-current-runtime -p:PublishReadyToRun=true
RUN dotnet restore gateway-program --use-current-runtime -p:PublishReadyToRun=true
RUN dotnet restore admin --use-current-runtime -p:PublishReadyToRun=true

COPY . .
RUN dotnet publish silo --no-restore -c Release --use-current-runtime --no-self-contained -p:PublishReadyToRun=true -p:UseAppHost=false -o /out/silo
RUN dotnet publish gateway-program --no-restore -c Release --use-current-runtime --no-self-contained -p:PublishReadyToRun=true -p:UseAppHost=false -o /out/gateway
RUN dotnet publish admin --no-restore -c Release --use-current-runtime --no-self-contained -p:PublishReadyToRun=true -p:UseAppHost=false -o /out/admin

# Neither a shell nor a package manager nor ICU is in this image: the programs need none (InvariantGlobalization).
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled AS program
WORKDIR /app
USER 1654:1654
# The image asks for a web server on 8080. These programs open what Chat__Listen and Chat__Web__Listen say, and nothing else.
ENV ASPNETCORE_HTTP_PORTS=

FROM program AS silo
COPY --from=build /out/silo ./
ENTRYPOINT ["dotnet", "/app/orleanschat-silo.dll"]

FROM program AS gateway
COPY --from=build /out/gateway ./
ENTRYPOINT ["dotnet", "/app/orleanschat-gateway.dll"]

FROM program AS admin
COPY --from=build /out/admin ./
ENTRYPOINT ["dotnet", "/app/orleanschat-admin.dll"]
