<%@ page contentType="text/html; charset=UTF-8" %>
<%@ taglib prefix="c" uri="http://java.sun.com/jsp/jstl/core" %>
<%@ include file="head.jsp" %>
<h1>Documents</h1>
<c:forEach var="d" items="${documents}">
<a href="<%= ctx %>/document?id=${d.documentId}"><c:out value="${d.fileName}"/></a> ${d.sizeBytes}<br>
</c:forEach>
<form method="post" enctype="multipart/form-data" action="<%= ctx %>/document?claimId=${claimId}">
<input type="file" name="file"> <input type="submit" value="Upload">
</form>
<a href="<%= ctx %>/claim?id=${claimId}">Claim</a>
<%@ include file="foot.jsp" %>
